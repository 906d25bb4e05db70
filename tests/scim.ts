import assert from 'node:assert/strict'
import type { Person, Reply, TestHub } from './hub.ts'

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const scimJson = { 'content-type': 'application/scim+json' }

/** An identity provider of an organization, as a test speaks for it. */
export interface Provider {
  token: string
  base: string
  /** Any request below the tenant URL, with a SCIM token. */
  ask(method: string, path: string, body?: unknown): Promise<Reply>
  /** Provisions a person, and answers the SCIM ID. */
  provision(email: string, more?: object): Promise<string>
  /** A PATCH request with operations. */
  patch(path: string, ...operations: object[]): Promise<Reply>
}

/** Connects an identity provider to an organization: an admin creates a SCIM token. */
export async function connect(
  hub: TestHub,
  { admin, org, base: kind = 'scim-provisioning' }: { admin: Person; org: string; base?: 'scim' | 'scim-provisioning' },
): Promise<Provider> {
  const made = await hub.request(admin, 'POST', `/api/organizations/${org}/settings/scim/tokens`, { name: 'Entra' })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const token: string = made.body.token
  const base = `/api/organizations/${org}/${kind}/v2`
  const ask = (method: string, path: string, body?: unknown) =>
    hub.request(token, method, base + path, body, body === undefined ? {} : scimJson)
  return {
    token,
    base,
    ask,
    provision: async (email, more = {}) => {
      const reply = await ask('POST', '/Users', userOf(email, more))
      assert.equal(reply.status, 201, JSON.stringify(reply.body))
      return reply.body.id
    },
    patch: (path, ...Operations) => ask('PATCH', path, { schemas: [patchSchema], Operations }),
  }
}

/** A user as identity providers send one. */
export function userOf(email: string, more: object = {}): object {
  const [name = ''] = email.split('@')
  return {
    schemas: [userSchema],
    userName: email,
    externalId: `ext-${name}`,
    name: { givenName: name, familyName: 'Tester' },
    emails: [{ value: email, type: 'work', primary: true }],
    active: true,
    ...more,
  }
}

/** Accepts the invitation of an organization that waits for a person. */
export async function acceptAs(hub: TestHub, person: Person): Promise<void> {
  const { body } = await hub.request(person, 'GET', '/api/settings/invitations')
  const reply = await hub.request(person, 'POST', `/api/settings/invitations/${body[0]?.id}/accept`)
  assert.ok(reply.status < 300, `${reply.status} ${JSON.stringify(reply.body)}`)
}
