import type { OrgSettings, Withheld } from '../../api/index.ts'
import { daySeconds, hourSeconds } from '../kernel/clock.ts'

/** The clock of a person who asks for an expiry may be ahead of the clock of the server. */
export const skewSeconds = hourSeconds

/** What an organization decided about a token. */
export type TokenState = 'approved' | 'denied' | 'revoked'

/** What an organization judges tokens by. */
export type TokenRules = Pick<OrgSettings, 'tokenPolicy' | 'tokenMaxLifetimeDays'>

/** What is judged of a token. */
export interface JudgedToken {
  role: 'read' | 'write' | 'fineGrained'
  createdAt: Date
  expiresAt: Date | null
}

/** Every reason why an organization does not accept a token; `acceptsToken` says the same in SQL. */
export function unmetByToken(token: JudgedToken, rules: TokenRules, state: TokenState | null): Withheld[] {
  const unmet: Withheld[] = []
  if (state === 'revoked') unmet.push('token_revoked')
  if (rules.tokenPolicy !== 'any' && token.role !== 'fineGrained') unmet.push('token_kind')
  if (rules.tokenPolicy === 'approval' && token.role === 'fineGrained') unmet.push(...unmetByReview(state))
  if (lastsLongerThan(rules.tokenMaxLifetimeDays, token)) unmet.push('token_lifetime')
  return unmet
}

// A token without a decision is pending, however it came to reach the organization.
function unmetByReview(state: TokenState | null): Withheld[] {
  if (state === null) return ['token_pending']
  return state === 'denied' ? ['token_denied'] : []
}

function lastsLongerThan(days: number | null, { createdAt, expiresAt }: JudgedToken): boolean {
  if (days === null) return false
  return expiresAt === null || expiresAt.getTime() - createdAt.getTime() > (days * daySeconds + skewSeconds) * 1000
}
