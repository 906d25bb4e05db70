import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'

/** How an ID token is made of its claims. */
export type Making = (claims: JWTPayload, liar: Liar) => Promise<string> | string

/** A provider whose next answer is what a test wants. */
export interface Liar {
  issuer: string
  /** What is added to the claims, or replaced in them. */
  change: (claims: JWTPayload) => JWTPayload
  /** How the token is made; signed as it should be unless it is set. */
  make: Making
  userinfo: Record<string, unknown>
  sign: Making
  signWithPublicKey: Making
  unsigned: Making
  /** A code for an authorization request, and the query that comes back. */
  answer(location: string): string
  /** Goes down for good. */
  stop(): void
}

/** Starts a provider that can lie; it ends with the test file. */
export async function startLiar(): Promise<Liar> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const asSecret = new TextEncoder().encode(await exportSPKI(publicKey))
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }] }
  const asked = new Map<string, URLSearchParams>()
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sign: Making = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  const liar: Liar = {
    stop,
    ...{ issuer, change: (claims) => claims, make: sign, sign, userinfo: { sub: 'grace' } },
    signWithPublicKey: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(asSecret),
    unsigned: (claims) => new UnsecuredJWT(claims).encode(),
    answer(location) {
      const params = new URL(location).searchParams
      const code = crypto.randomUUID()
      asked.set(code, params)
      return new URLSearchParams({ code, state: params.get('state') ?? '' }).toString()
    },
  }
  const claimsFor = (params: URLSearchParams): JWTPayload => {
    const at = Math.floor(Date.now() / 1000)
    return {
      ...{ iss: issuer, sub: 'grace', aud: 'guildhall', iat: at, exp: at + 300, nonce: params.get('nonce') ?? '' },
      ...{ email: 'grace@example.org', email_verified: true },
    }
  }
  const routes: Record<string, (body: URLSearchParams) => unknown> = {
    '/.well-known/openid-configuration': () => ({
      ...{
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
      },
      userinfo_endpoint: `${issuer}/me`,
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    }),
    '/jwks': () => jwks,
    '/me': () => liar.userinfo,
    '/token': async (body) => {
      const params = asked.get(body.get('code') ?? '')
      if (params === undefined) return { error: 'invalid_grant' }
      return {
        access_token: 'a',
        token_type: 'Bearer',
        id_token: await liar.make(liar.change(claimsFor(params)), liar),
      }
    },
  }
  server.on('request', async (request, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const route = routes[request.url ?? '']
    const body = await route?.(new URLSearchParams(Buffer.concat(chunks).toString()))
    const isError = typeof body === 'object' && body !== null && 'error' in body
    reply
      .writeHead(body === undefined ? 404 : isError ? 400 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(body ?? {}))
  })
  after(stop)
  return liar
}
