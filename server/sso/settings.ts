import { isDeepStrictEqual } from 'node:util'
import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf, SsoMode } from '../../api/index.ts'
import { refuseOnProbation, requireFeature } from '../access/authorize.ts'
import { isAdminRole } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { guardAdmins } from '../orgs/admins.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { codesAtOnce, saveBreakGlassAdmins } from './break-glass.ts'
import { countCodes, findBreakGlassAdmins } from './break-glass-store.ts'
import * as store from './config-store.ts'
import { adoptTest } from './finish.ts'
import { redirectUriOf, type SsoServices } from './provider.ts'
import { lastTestOf, type SsoTest } from './testing.ts'

type Sso = typeof api.sso
type Settings = ResultOf<Sso['getSso']>
type UpdatePermit = Permit<'sso.update'>

const breakGlassAdminsNeeded = 2

/** Shows the SSO settings, with what is missing before SSO can be enforced. */
export async function getSso(
  db: Db,
  permit: Permit<'sso.view'>,
  _input: InputOf<Sso['getSso']>,
  services: SsoServices,
): Promise<Settings> {
  return shown(db, permit, services)
}

async function shown(db: Db, permit: Permit<'sso.view'> | UpdatePermit, services: SsoServices): Promise<Settings> {
  const { org, actor } = permit
  const [config, admins, codesLeft, linked, test] = await Promise.all([
    store.findSsoConfig(db, org.id),
    findBreakGlassAdmins(db, org.id),
    countCodes(db, org.id),
    store.countIdentities(db, org.id),
    lastTestOf(db, services.key, org.id, actor.id),
  ])
  const names = await store.findGroupNames(
    db,
    org.id,
    (config?.groupMapping ?? []).map(({ groupId }) => groupId),
  )
  const base = `${services.links.publicUrl}/sso/${encodeURIComponent(org.name)}`
  return {
    mode: config?.mode ?? 'off',
    protocol: config?.protocol ?? null,
    oidc: config?.protocol === 'oidc' ? oidcOf(config) : null,
    sessionTimeoutMinutes: config?.sessionTimeoutMinutes ?? 10_080,
    ...{ emailPath: config?.emailPath ?? null, emailDomains: [...(config?.emailDomains ?? [])] },
    ...{ rolePath: config?.rolePath ?? null, roleMapping: config?.roleMapping ?? [] },
    groupPath: config?.groupPath ?? null,
    groupMapping: (config?.groupMapping ?? []).flatMap(({ value, groupId, role }) => {
      const name = names.get(groupId)
      return name === undefined ? [] : [{ value, group: groupId, name, role }]
    }),
    breakGlass: { admins: admins.map(({ name }) => name), codesLeft },
    forProvider: {
      redirectUri: redirectUriOf(org, services),
      backchannelLogoutUri: `${base}/backchannel-logout`,
      signInUrl: base,
    },
    joinLink: base,
    lastTest:
      test === undefined
        ? null
        : { at: test.at.toISOString(), succeeded: test.succeeded, isCurrent: isOf(test, config), report: test.report },
    linked,
    missing: missingFor({
      config,
      tested: hasSucceeded(test, config),
      admins: admins.filter(({ counts }) => counts).length,
      codesLeft,
    }),
  }
}

function oidcOf({ issuer, clientId, clientSecret, ...config }: store.SsoConfig): NonNullable<Settings['oidc']> {
  const { authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint } = config
  const endpoints = { authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint }
  return { issuer, clientId: clientId ?? '', hasClientSecret: clientSecret !== null, ...endpoints }
}

interface Readiness {
  config: store.SsoConfig | undefined
  tested: boolean
  admins: number
  codesLeft: number
}

// What was tested are the settings of that moment.
function isOf({ at }: SsoTest, config: store.SsoConfig | undefined): boolean {
  return config !== undefined && at >= config.updatedAt
}

function hasSucceeded(test: SsoTest | undefined, config: store.SsoConfig | undefined): boolean {
  return test?.succeeded === true && isOf(test, config)
}

function missingFor({ config, tested, admins, codesLeft }: Readiness): string[] {
  if (config === undefined) return ['Set up the identity provider.']
  return [
    ...(tested ? [] : ['Run a test sign-in that succeeds with the current settings.']),
    ...(admins >= breakGlassAdminsNeeded || codesLeft >= codesAtOnce
      ? []
      : ['Name two break-glass admins who are active, or create ten one-time codes.']),
  ]
}

/** Sets up the identity provider. Tests with other settings count no more; another issuer unlinks all identities. */
export async function setSso(
  db: Db,
  permit: UpdatePermit,
  input: InputOf<Sso['setSso']>,
  services: SsoServices,
): Promise<Settings> {
  await transaction(db, async (tx) => {
    await recheck(tx, permit, { requirements: true })
    requireFeature(permit.facts, 'sso')
    await store.lockSsoMode(tx, permit.org.id)
    const before = await store.findSsoConfig(tx, permit.org.id)
    const after = configOf(permit, input, { before, services })
    await refuseWrong(tx, before, after)
    const isOther = before !== undefined && before.issuer !== after.issuer
    if (isOther) {
      await store.unlinkAll(tx, permit.org.id)
      await store.deleteTests(tx, permit.org.id)
    }
    await store.putSsoConfig(tx, after)
    await record(tx, permit, {
      type: 'org.settings.sso',
      message: before === undefined ? `set up SSO with ${after.issuer}` : 'changed the SSO settings',
      data: { before: before === undefined ? null : logged(before), after: logged(after), unlinkedAll: isOther },
    })
  })
  return shown(db, permit, services)
}

function configOf(
  { org, actor }: UpdatePermit,
  { oidc, groupMapping, ...input }: InputOf<Sso['setSso']>,
  { before, services }: { before: store.SsoConfig | undefined; services: SsoServices },
): store.SsoConfigWrite {
  const at = now()
  const provider = input.protocol === 'saml' ? samlOf(before) : oidcProviderOf(oidc, before, services)
  const { sessionTimeoutMinutes, emailPath, emailDomains, rolePath, roleMapping, groupPath } = input
  const groups = groupMapping.map(({ value, group, role }) => ({ value, groupId: group, role }))
  const mapping = { emailPath, emailDomains, rolePath, roleMapping, groupPath, groupMapping: groups }
  const isSame =
    before !== undefined && before.rolePath === rolePath && isDeepStrictEqual(before.roleMapping, roleMapping)
  const isSameProvider =
    before !== undefined && before.issuer === provider.issuer && before.clientId === provider.clientId
  return {
    ...{ orgId: org.id, sessionTimeoutMinutes, ...mapping, ...provider },
    changedBy: actor.via === 'console' ? null : actor.id,
    configuredAt: isSameProvider ? before.configuredAt : at,
    mappingChangedAt: isSame ? before.mappingChangedAt : at,
    updatedAt: at,
  }
}

type ProviderPart = Pick<
  store.SsoConfigWrite,
  | 'protocol'
  | 'issuer'
  | 'clientId'
  | 'clientSecret'
  | 'authorizationEndpoint'
  | 'tokenEndpoint'
  | 'jwksUri'
  | 'userinfoEndpoint'
>

const noEndpoints = { authorizationEndpoint: null, tokenEndpoint: null, jwksUri: null, userinfoEndpoint: null }

// The identity provider itself comes from its metadata.
function samlOf(before: store.SsoConfig | undefined): ProviderPart {
  if (before?.protocol !== 'saml') throw badField('protocol', 'can be saml after you set the SAML metadata')
  return { protocol: 'saml', issuer: before.issuer, clientId: null, clientSecret: null, ...noEndpoints }
}

function oidcProviderOf(
  oidc: InputOf<Sso['setSso']>['oidc'],
  before: store.SsoConfig | undefined,
  services: SsoServices,
): ProviderPart {
  if (oidc === undefined) throw badField('oidc', 'is required')
  const { issuer, clientId, clientSecret } = oidc
  const secret = clientSecret === undefined ? keptSecret(oidc, before) : services.key.seal(clientSecret)
  return {
    ...{ protocol: 'oidc', issuer, clientId, clientSecret: secret },
    authorizationEndpoint: oidc.authorizationEndpoint ?? null,
    tokenEndpoint: oidc.tokenEndpoint ?? null,
    jwksUri: oidc.jwksUri ?? null,
    userinfoEndpoint: oidc.userinfoEndpoint ?? null,
  }
}

// It is a secret between one client and one provider, also from who may change where it is sent.
function keptSecret(
  { issuer, clientId, tokenEndpoint = null }: NonNullable<InputOf<Sso['setSso']>['oidc']>,
  before: store.SsoConfig | undefined,
): Buffer | null {
  if (before === undefined || before.clientSecret === null) return null
  const isSame = before.issuer === issuer && before.clientId === clientId && before.tokenEndpoint === tokenEndpoint
  if (isSame) return before.clientSecret
  throw badField('oidc.clientSecret', 'is required, because the issuer, client ID, or token endpoint has changed')
}

async function refuseWrong(tx: Tx, before: store.SsoConfig | undefined, after: store.SsoConfigWrite): Promise<void> {
  if (before?.mode === 'enforced' && before.issuer !== after.issuer)
    throw new HubError('Conflict', 'oidc.issuer: Make SSO optional before you change to another identity provider.')
  if (after.rolePath !== null && !after.roleMapping.some(({ role }) => isAdminRole(role)))
    throw badField('roleMapping', 'must map at least one value to admin')
  const endpoints = [after.authorizationEndpoint, after.tokenEndpoint, after.jwksUri].filter((url) => url !== null)
  if (endpoints.length % 3 !== 0)
    throw badField('oidc', 'needs the authorization endpoint, the token endpoint, and the JWKS URI, or none of them')
  const ids = after.groupMapping.map(({ groupId }) => groupId)
  const names = await store.findGroupNames(tx, after.orgId, ids)
  const unknown = ids.findIndex((id) => !names.has(id))
  if (unknown >= 0)
    throw badField(`groupMapping[${unknown}].group`, 'is not the ID of a resource group in this organization')
}

// Neither the secret nor whether it is the same.
function logged({
  clientSecret,
  updatedAt: _,
  changedBy: __,
  configuredAt: ___,
  mappingChangedAt: ____,
  ...config
}: store.SsoConfigWrite) {
  return { ...config, hasClientSecret: clientSecret !== null }
}

/** Turns SSO off and deletes its settings. */
export async function deleteSso(
  db: Db,
  permit: UpdatePermit,
  _input: InputOf<Sso['deleteSso']>,
): Promise<ResultOf<Sso['deleteSso']>> {
  await transaction(db, async (tx) => {
    await recheck(tx, permit, { requirements: true })
    const mode = await store.lockSsoMode(tx, permit.org.id)
    await refuseManaged(tx, permit.org.id)
    if (mode !== 'off') refuseOnProbation(permit.facts, 'turn off SSO')
    await store.setSsoMode(tx, permit.org.id, 'off')
    await store.unlinkAll(tx, permit.org.id)
    await store.deleteTests(tx, permit.org.id)
    await store.deleteSsoConfig(tx, permit.org.id)
    await record(tx, permit, {
      type: 'org.settings.sso.disable',
      message: 'deleted the SSO settings',
      data: { before: { mode } },
    })
  })
  return { success: true }
}

const wayOut = 'Verify your email address, and make your membership one that doesn’t expire'

/** Makes SSO enforced or optional, or turns it off. Who enforces it is signed in with it by their test. */
export async function setSsoMode(
  db: Db,
  permit: UpdatePermit,
  { mode }: InputOf<Sso['setSsoMode']>,
  services: SsoServices,
): Promise<Settings> {
  await transaction(db, async (tx) => {
    const fresh = await recheck(tx, permit, { members: [permit.actor.id], requirements: true })
    if (mode !== 'off') requireFeature(fresh.facts, 'sso')
    const before = await store.lockSsoMode(tx, fresh.org.id)
    if (before === mode) return
    await refuseMode(tx, fresh, { before, mode }, services)
    await guardAdmins(tx, fresh.facts, { ...fresh.org, wayOut }, () => store.setSsoMode(tx, fresh.org.id, mode))
    await record(tx, fresh, {
      type: mode === 'off' ? 'org.settings.sso.disable' : 'org.settings.sso.enable',
      message: mode === 'off' ? 'turned off SSO' : `made SSO ${mode}`,
      data: { before: { mode: before }, after: { mode } },
    })
  })
  return shown(db, permit, services)
}

// Managed accounts have no other way in.
async function refuseManaged(tx: Tx, orgId: string): Promise<void> {
  if (await store.isManaged(tx, orgId))
    throw new HubError('Conflict', 'The organization manages accounts. Convert it back to Basic SSO first.')
}

async function refuseMode(
  tx: Tx,
  permit: UpdatePermit,
  { before, mode }: { before: SsoMode; mode: SsoMode },
  services: SsoServices,
): Promise<void> {
  const { org, actor } = permit
  if (before === 'enforced' || mode === 'off') refuseOnProbation(permit.facts, 'turn off SSO')
  if (mode !== 'enforced') await refuseManaged(tx, org.id)
  const config = await store.findSsoConfig(tx, org.id)
  if (mode !== 'off' && config === undefined) throw new HubError('Conflict', 'Set up the identity provider first.')
  if (mode !== 'enforced' || config === undefined) return
  const test = await lastTestOf(tx, services.key, org.id, actor.id)
  const admins = (await findBreakGlassAdmins(tx, org.id)).filter(({ counts }) => counts).length
  const [first] = missingFor({
    config,
    tested: hasSucceeded(test, config),
    admins,
    codesLeft: await countCodes(tx, org.id),
  })
  if (first !== undefined) throw new HubError('Conflict', `mode: ${first}`)
  if (test?.identity !== undefined) await adoptTest(tx, permit, { identity: test.identity, config })
}

/** Sets the admins who can get in without SSO. */
export async function setBreakGlassAdmins(
  db: Db,
  permit: UpdatePermit,
  { admins }: InputOf<Sso['setBreakGlassAdmins']>,
  services: SsoServices,
): Promise<Settings> {
  await transaction(db, async (tx) => {
    const { facts, org } = await recheck(tx, permit)
    if (admins.length === 0) await refuseManaged(tx, org.id)
    await guardAdmins(tx, facts, org, () => saveBreakGlassAdmins(tx, permit, admins))
  })
  return shown(db, permit, services)
}
