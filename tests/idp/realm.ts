import { randomText } from '../../server/kernel/secret.ts'
import type { Keycloak } from './keycloak.ts'

/** The people of the realm, and their password. */
export const password = 'password-of-the-test'

// One of its own for each run, since a Keycloak can run on
const realm = `lab-${randomText(6)}`

/** Makes a realm with an admin, and someone of the staff in the group `research`. */
export async function makeRealm(keycloak: Keycloak): Promise<void> {
  await keycloak.admin('POST', '', {
    realm,
    enabled: true,
    sslRequired: 'none',
    groups: [{ name: 'research' }, { name: 'platform' }],
    roles: { realm: [{ name: 'boss' }, { name: 'staff' }] },
    users: [person('ada', { realmRoles: ['boss'] }), person('bea', { realmRoles: ['staff'], groups: ['research'] })],
  })
}

function person(username: string, more: Record<string, string[]>) {
  return {
    ...{ username, firstName: username, lastName: 'Test', email: `${username}@example.org` },
    ...{ emailVerified: true, enabled: true, ...more },
    credentials: [{ type: 'password', value: password, temporary: false }],
  }
}

/** Where the realm publishes its SAML metadata. */
export function samlDescriptor({ url }: Keycloak): string {
  return `${url}/realms/${realm}/protocol/saml/descriptor`
}

/** The issuer of the realm. */
export function issuerOf({ url }: Keycloak): string {
  return `${url}/realms/${realm}`
}

/** Adds an organization as an OpenID Connect client, with the values that the SSO page shows, and answers its secret. */
export async function addOidcClient(
  keycloak: Keycloak,
  { redirectUri, backchannelLogoutUri }: { redirectUri: string; backchannelLogoutUri: string },
): Promise<string> {
  const secret = randomText(32)
  const inIdToken = { 'id.token.claim': 'true', 'userinfo.token.claim': 'false', 'access.token.claim': 'false' }
  await keycloak.admin('POST', `/${realm}/clients`, {
    ...{ clientId: 'guildhall', secret, protocol: 'openid-connect', publicClient: false, redirectUris: [redirectUri] },
    ...{ standardFlowEnabled: true, frontchannelLogout: false },
    attributes: {
      'backchannel.logout.url': backchannelLogoutUri,
      'backchannel.logout.session.required': 'true',
      'pkce.code.challenge.method': 'S256',
    },
    protocolMappers: [
      oidcMapper('roles', 'oidc-usermodel-realm-role-mapper', {
        ...inIdToken,
        'claim.name': 'realm_access.roles',
        multivalued: 'true',
      }),
      oidcMapper('groups', 'oidc-group-membership-mapper', {
        ...inIdToken,
        'claim.name': 'groups',
        'full.path': 'false',
      }),
    ],
  })
  return secret
}

function oidcMapper(name: string, protocolMapper: string, config: Record<string, string>) {
  return { name, protocol: 'openid-connect', protocolMapper, config: { 'jsonType.label': 'String', ...config } }
}

/** Ends the sessions of a person, as an admin of Keycloak does: it tells all clients. */
export async function endSessions(keycloak: Keycloak, username: string): Promise<void> {
  const [user] = await keycloak.admin<{ id: string }[]>('GET', `/${realm}/users?exact=true&username=${username}`)
  await keycloak.admin('POST', `/${realm}/users/${user?.id}/logout`)
}

/** Adds an organization as a SAML client, by importing its metadata as an admin of Keycloak would. */
export async function addSamlClient(keycloak: Keycloak, metadata: string): Promise<{ id: string }> {
  const client = await keycloak.admin<Record<string, unknown>>(
    'POST',
    `/${realm}/client-description-converter`,
    metadata,
  )
  const attributes = {
    ...(client.attributes as Record<string, string>),
    'saml.assertion.signature': 'true',
    'saml.server.signature': 'true',
    'saml.signature.algorithm': 'RSA_SHA256',
    'saml.force.post.binding': 'true',
    saml_force_name_id_format: 'true',
    saml_name_id_format: 'email',
    'saml.encrypt': 'false',
  }
  const protocolMappers = [
    mapper('groups', 'saml-group-membership-mapper', {
      'attribute.name': 'groups',
      'full.path': 'false',
      single: 'true',
    }),
  ]
  await keycloak.admin('POST', `/${realm}/clients`, { ...client, attributes, protocolMappers })
  const [made] = await keycloak.admin<{ id: string }[]>(
    'GET',
    `/${realm}/clients?clientId=${encodeURIComponent(String(client.clientId))}`,
  )
  if (!made) throw new Error('the client was not made')
  return made
}

function mapper(name: string, protocolMapper: string, config: Record<string, string>) {
  return { name, protocol: 'saml', protocolMapper, config: { 'attribute.nameformat': 'Basic', ...config } }
}

/** Turns encryption of assertions on. */
export async function encryptAssertions(keycloak: Keycloak, { id }: { id: string }): Promise<void> {
  const client = await keycloak.admin<{ attributes: Record<string, string> }>('GET', `/${realm}/clients/${id}`)
  const attributes = { ...client.attributes, 'saml.encrypt': 'true' }
  await keycloak.admin('PUT', `/${realm}/clients/${id}`, { ...client, attributes })
}

/** Has the realm sign with a new key from now on. */
export async function rollOver(keycloak: Keycloak): Promise<void> {
  await keycloak.admin('POST', `/${realm}/components`, {
    name: 'next',
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: ['900'], enabled: ['true'], active: ['true'], algorithm: ['RS256'], keySize: ['2048'] },
  })
}

/** Puts a person into a group of the realm, beside those that they are in. */
export async function joinGroup(keycloak: Keycloak, username: string, group: string): Promise<void> {
  const { userId, groupId } = await idsOf(keycloak, username, group)
  await keycloak.admin('PUT', `/${realm}/users/${userId}/groups/${groupId}`)
}

async function idsOf(keycloak: Keycloak, username: string, group: string) {
  const [user] = await keycloak.admin<{ id: string }[]>('GET', `/${realm}/users?exact=true&username=${username}`)
  const groups = await keycloak.admin<{ id: string; name: string }[]>('GET', `/${realm}/groups`)
  const groupId = groups.find(({ name }) => name === group)?.id
  if (!user || !groupId) throw new Error(`no ${username} or ${group}`)
  return { userId: user.id, groupId }
}
