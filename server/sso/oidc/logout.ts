import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose'
import type { Outbound } from '../../outbound/outbound.ts'
import { OidcError, signingAlgorithms } from './oidc.ts'

/** What a logout token ends: a session, or all sessions of a subject. */
export interface Logout {
  id: string
  subject: string | undefined
  sid: string | undefined
}

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** Checks a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6); throws {@link OidcError} for what can’t be trusted. */
export async function readLogout(
  token: string,
  { issuer, clientId, jwks, outbound }: { issuer: string; clientId: string; jwks: string; outbound: Outbound },
): Promise<Logout> {
  const keys = createRemoteJWKSet(new URL(jwks), {
    [customFetch]: (url, { headers }) => outbound.fetch(url, { headers: Object.fromEntries(new Headers(headers)) }),
  })
  const checks = {
    issuer,
    audience: clientId,
    algorithms: signingAlgorithms,
    clockTolerance: 60,
    maxTokenAge: '10 minutes',
  }
  const { payload } = await jwtVerify(token, keys, { ...checks, requiredClaims: ['iat', 'jti'] }).catch((error) => {
    throw new OidcError(`The logout token can’t be trusted: ${error.message}`, { cause: error })
  })
  return logoutOf(payload)
}

function logoutOf({ jti, sub, sid, nonce, events }: JWTPayload): Logout {
  const isLogout = typeof events === 'object' && events !== null && event in events
  if (!isLogout || nonce !== undefined) throw new OidcError('This is not a logout token.')
  const session = typeof sid === 'string' ? sid : undefined
  if (jti === undefined || (sub === undefined && session === undefined))
    throw new OidcError('The logout token names neither a session nor a subject.')
  return { id: jti, subject: sub, sid: session }
}
