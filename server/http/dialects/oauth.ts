import type { OAuthError } from '../../../api/oauth.ts'
import type { Dialect, Refusal } from './dialect.ts'
import { hub } from './hub.ts'

/** Operations that know no caller: what proves a right stands in the body. */
export const open: Dialect = { ...hub, identify: () => ({ credential: { kind: 'none' } }) }

/** What clients of OAuth speak: forms or JSON, and refusals as RFC 6749 §5.2 has them. */
export const oauth: Dialect = {
  ...open,
  errorBody: (refusal) =>
    JSON.stringify({ error: refusal.extra.body?.error ?? errorOf(refusal), error_description: refusal.message }),
}

// Clients give up at an error that they do not know, but not at `slow_down`
function errorOf({ status }: Refusal): OAuthError {
  if (status === 429) return 'slow_down'
  if (status === 503) return 'temporarily_unavailable'
  return status >= 500 ? 'server_error' : 'invalid_request'
}
