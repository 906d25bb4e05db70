import type { ReplyOf, tokens } from '../../../../api/index.ts'

/** An access token as its owner sees it: without the secret. */
export type Token = ReplyOf<typeof tokens.listTokens>[number]

const dayMs = 86_400_000
const soonDays = 14

/** When a token expires, and until when a program can renew it. */
export type Expiring = Pick<Token, 'expiresAt' | 'refreshExpiresAt'>

/** How long a token still works: for ever, while its program renews it, for a while, not for long, no more. */
export function expiry({ expiresAt, refreshExpiresAt }: Expiring): 'never' | 'renewed' | 'later' | 'soon' | 'over' {
  if (refreshExpiresAt !== undefined && Date.parse(refreshExpiresAt) > Date.now()) return 'renewed'
  if (expiresAt === null) return 'never'
  const left = Date.parse(expiresAt) - Date.now()
  if (left <= 0) return 'over'
  return left < soonDays * dayMs ? 'soon' : 'later'
}

/** A moment so many days from now, as the API takes it. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * dayMs).toISOString()
}
