import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'

/** How an ID token is signed: as it should be, or as attackers would. */
export type Signing = 'right' | 'none' | 'HS256 under the public key'

/** An OpenID provider that has every answer ready, so that its own work is not measured. */
export interface PreparedProvider {
  issuer: string
  /** Prepares the answer to a sign-in, and returns the query with which it sends the browser back. */
  prepare(location: string, claims: JWTPayload, signing?: Signing): Promise<string>
  stop(): void
}

/** Starts the provider on a loopback port. */
export async function startPreparedProvider(clientId: string): Promise<PreparedProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const asSecret = new TextEncoder().encode(await exportSPKI(publicKey))
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', use: 'sig', alg: 'RS256' }] }
  const tokens = new Map<string, string>()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const documents: Record<string, unknown> = {
    '/.well-known/openid-configuration': {
      issuer,
      ...{ authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` },
      id_token_signing_alg_values_supported: ['RS256'],
    },
    '/jwks': jwks,
  }
  server.on('request', async (request, reply) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const code = new URLSearchParams(Buffer.concat(chunks).toString()).get('code') ?? ''
    const token = tokens.get(code)
    const granted = token && { access_token: 'bench', token_type: 'Bearer', id_token: token }
    const body = request.url === '/token' ? granted : documents[request.url ?? '']
    reply.writeHead(body ? 200 : 400, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  const signers: Record<Signing, (claims: JWTPayload) => Promise<string> | string> = {
    right: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'bench' }).sign(privateKey),
    none: (claims) => new UnsecuredJWT(claims).encode(),
    'HS256 under the public key': (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'bench' }).sign(asSecret),
  }
  return {
    issuer,
    async prepare(location, claims, signing = 'right') {
      const { searchParams } = new URL(location)
      const at = Math.floor(Date.now() / 1000)
      const standard = { iss: issuer, aud: clientId, iat: at, exp: at + 600, nonce: searchParams.get('nonce') ?? '' }
      const token = await signers[signing]({ ...standard, ...claims })
      const code = crypto.randomUUID()
      tokens.set(code, token)
      return new URLSearchParams({ code, state: searchParams.get('state') ?? '' }).toString()
    },
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
