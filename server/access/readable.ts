import { now } from '../kernel/clock.ts'
import type { AnyPermit } from './permit.ts'
import { type Reader, readableRepos, seenGroupOfRepo, seenHiddenMembers } from './store.ts'

/** What a caller may read, as conditions on the repositories `r` of a list. They stand beside the policy and say the same. */
export function readableBy(permit: AnyPermit) {
  const { id, hasTwoFactor = false, token } = permit.actor ?? {}
  const reader: Reader = { id, hasTwoFactor, token }
  const at = now()
  return { repos: readableRepos(reader, at), groupOfRepo: seenGroupOfRepo(reader, at) }
}
export type Readable = ReturnType<typeof readableBy>

/** The condition that a reader sees the members of the organization `o` even where it hides them. */
export function hiddenMembersSeenBy(reader: Reader, at: Date) {
  return seenHiddenMembers(reader, at)
}
