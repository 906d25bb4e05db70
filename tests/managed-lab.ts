import assert from 'node:assert/strict'
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Reply, TestHub } from './hub.ts'
import { clientSecret, startProvider } from './openid-provider.ts'
import { signedIn, type Visitor } from './visitor.ts'

/** What a request answers, which has to succeed. */
export async function done(reply: Promise<Reply> | ReturnType<Visitor['send']>) {
  const { status, body } = await reply
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`)
  return body
}

/** The organization acme with an identity provider, and its admin ada at a browser. */
export async function startManagedLab(hub: TestHub, orgId: string) {
  const provider = await startProvider(`${hub.url}/sso/acme/callback`)
  const ada = await signedIn(hub, 'ada')
  const at = (tail: string) => `/api/organizations/acme${tail}`
  return {
    provider,
    ada,
    at,
    addDomain: async (domain: string) => {
      const times = { added_at: now(), verified_at: now() }
      const row = { id: newId(), org_id: orgId, domain, token: newId(), state: 'verified' } as const
      await hub.db
        .insertInto('organization_domains')
        .values({ ...row, ...times })
        .execute()
    },
    /** Enforces SSO; ada and amy are break-glass admins. */
    enforce: async () => {
      const oidc = { issuer: provider.issuer, clientId: 'guildhall', clientSecret }
      const roleMapping = [
        { value: 'boss', role: 'admin' },
        { value: 'staff', role: 'write' },
      ]
      const settings = { protocol: 'oidc', oidc, emailDomains: ['example.org', 'evil.example'], rolePath: 'roles' }
      await done(ada.send('PUT', at('/settings/sso'), { ...settings, roleMapping }))
      provider.claims['sub-ada'] = { email: 'ada@example.org', email_verified: true, roles: ['boss'] }
      provider.current = 'sub-ada'
      const { location } = await done(ada.send('POST', at('/settings/sso/test'), {}))
      await done(ada.send('POST', at('/sso/complete'), { query: await provider.answer(location) }))
      await done(ada.send('PUT', at('/settings/sso/break-glass'), { admins: ['ada', 'amy'] }))
      await done(ada.send('PUT', at('/settings/sso/mode'), { mode: 'enforced' }))
    },
    plan: async (managed: boolean) => done(ada.send('POST', at('/settings/sso/managed'), { mode: 'plan', managed })),
    apply: (managed: boolean, planHash: string) =>
      ada.send('POST', at('/settings/sso/managed'), { mode: 'apply', managed, planHash }),
    /** Signs in to a managed account from a browser in which no one is signed in. */
    enter: async (subject: string, { again, ...more }: { browser?: string; again?: boolean } = {}) => {
      provider.current = subject
      const { location, browser } = await done(hub.request(undefined, 'POST', at('/sso/managed/sign-in'), { again }))
      const body = { query: await provider.answer(location), browser, ...more }
      const reply = await hub.request(undefined, 'POST', at('/sso/managed/complete'), body)
      const cookies = reply.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
      const headers = { cookie: cookies.join('; '), 'sec-fetch-site': 'same-origin', origin: hub.url }
      const as = (method: string, path: string, given?: unknown) => hub.request(undefined, method, path, given, headers)
      return { reply, as }
    },
  }
}
