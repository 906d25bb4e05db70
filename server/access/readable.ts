import { now } from '../kernel/clock.ts'
import type { AnyPermit } from './authorize.ts'
import { type Reader, readableRepos, seenGroupOfRepo } from './store.ts'

/** What a caller may read, as conditions on the repositories `r` of a list. They stand beside the policy and say the same. */
export function readableBy(permit: AnyPermit) {
  const reader: Reader = { id: permit.actor?.id, hasTwoFactor: permit.actor?.hasTwoFactor ?? false }
  const at = now()
  return { repos: readableRepos(reader, at), groupOfRepo: seenGroupOfRepo(reader, at) }
}
export type Readable = ReturnType<typeof readableBy>
