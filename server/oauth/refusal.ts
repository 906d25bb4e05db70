import { type OAuthError, oauthErrors } from '../../api/oauth.ts'
import { HubError } from '../kernel/errors.ts'

/** A refusal as clients of OAuth read it (RFC 6749 §5.2, RFC 8628 §3.5). */
export function oauthRefusal(error: OAuthError): HubError {
  return new HubError('BadRequest', oauthErrors[error], {
    body: { error },
    headers: { 'Cache-Control': 'no-store' },
  })
}
