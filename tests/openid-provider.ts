import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { Provider } from 'oidc-provider'

/** What the provider says about each of its accounts, by subject. */
export type Claims = Record<string, Record<string, unknown>>

/** An OpenID provider at work: it signs in the account that `current` names, without asking. */
export interface TestProvider {
  issuer: string
  claims: Claims
  /** The account that is signed in at the provider. */
  current: string
  /** When they signed in there, where that is not just now. */
  signedInAt?: Date | undefined
  /** Follows an authorization request as a browser would, and answers the query that comes back. */
  answer(location: string): Promise<string>
}

const clientId = 'guildhall'
export const clientSecret = 'a secret of the test provider'

/** Starts a real OpenID provider for one client; it ends with the test file. */
export async function startProvider(redirectUri: string): Promise<TestProvider> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const made: TestProvider = { issuer, claims: {}, current: '', answer: (location) => follow(location, redirectUri) }
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub', 'sid'], email: ['email', 'email_verified'], profile: ['name', 'roles', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...made.claims[sub] }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId, accountId: ctx.oidc.session?.accountId ?? '' })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  server.on('request', async (request, reply) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, reply)
    const at = made.signedInAt
    await provider.interactionFinished(request, reply, {
      login: { accountId: made.current, ...(at && { ts: Math.floor(at.getTime() / 1000) }) },
    })
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  return made
}

// Cookies are kept for this one sign-in.
async function follow(location: string, redirectUri: string): Promise<string> {
  const jar = new Map<string, string>()
  let url = location
  for (let step = 0; step < 10; step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = line.match(/^([^=]+)=([^;]*)/) ?? []
      jar.set(name, value)
    }
    const next = reply.headers.get('location')
    if (next === null) throw new Error(`the provider answers ${reply.status}: ${await reply.text()}`)
    url = new URL(next, url).href
    if (url.startsWith(redirectUri)) return new URL(url).search.slice(1)
  }
  throw new Error('the provider redirects without end')
}
