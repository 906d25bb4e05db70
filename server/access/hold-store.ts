import type { CompiledQuery, RawBuilder } from 'kysely'
import type { Tx } from '../store/database.ts'
import { fewOf, sql } from '../store/sql.ts'

/** What a right rests on: no one changes it until the transaction ends. */
export interface Held {
  userId: string | null
  /** Other accounts that the change rests on, or lets in. */
  otherIds: readonly string[]
  /** Accounts that are about to be changed, the caller's own among them when it is. */
  accountIds: readonly string[]
  tokenId: string | null
  sessionId: string | null
  orgId: string | null
  /** Members of the organization who are about to be changed, the caller among them when they are. */
  memberIds: readonly string[]
  repoId: string | null
  /** Whether the right rests on an SSO session as well: of this browser, or any of the owner of the token. */
  ssoSession: boolean
  /** Whether this transaction itself changes what the organization requires, or whom it trusts. */
  changesRequirements: boolean
}

/**
 * The statement that locks all of it, in the order that every change keeps to (docs/decisions/order-of-locks.md). Each step
 * waits until the one before has its locks.
 */
export function lockingOf(tx: Tx, held: Held): CompiledQuery | undefined {
  const { tokenId, sessionId, orgId, repoId } = held
  const steps: RawBuilder<unknown>[] = []
  const accounts = lockOfAccounts(held)
  if (accounts !== undefined) steps.push(accounts)
  if (tokenId !== null) steps.push(sql`select from access_tokens where id = ${tokenId} and ${after(steps)} for share`)
  if (sessionId !== null) steps.push(sql`select from sessions where id = ${sessionId} and ${after(steps)} for share`)
  if (orgId !== null) {
    steps.push(sql`select from memberships where org_id = ${orgId} and ${after(steps)} and ${members(held)}`)
    steps.push(sql`select ${lockOfRequirements(held)} where ${after(steps)}`)
  }
  const ssoSession = lockOfSsoSession(held)
  if (ssoSession !== undefined) steps.push(sql`${ssoSession} and ${after(steps)} order by id for share`)
  if (repoId !== null)
    steps.push(sql`select from repositories where id = ${repoId} and ${after(steps)} for no key update`)
  if (steps.length === 0) return undefined
  const parts = steps.map((step, index) => sql`${sql.raw(nameOf(index))} as materialized (${step})`)
  return sql`with ${sql.join(parts)} select from ${sql.raw(nameOf(steps.length - 1))}`.compile(tx)
}

function nameOf(index: number): string {
  return `step_${index}`
}

// A count is never negative: it has to be made all the same, before the rows of the next step are looked for.
function after(steps: readonly unknown[]): RawBuilder<boolean> {
  return steps.length === 0 ? sql`true` : sql`(select count(*) from ${sql.raw(nameOf(steps.length - 1))}) >= 0`
}

// All in one order, and the strongest lock at once: of two requests that make a shared one stronger, each waits for the other.
function lockOfAccounts({ userId, otherIds, accountIds }: Held): RawBuilder<unknown> | undefined {
  const others = [...otherIds, ...accountIds]
  if (others.length === 0) return userId === null ? undefined : sql`select from users where id = ${userId} for share`
  const ids = userId === null ? others : [userId, ...others]
  const strength = sql.raw(accountIds.length === 0 ? 'share' : 'update')
  return sql`select from users where id = any(${fewOf(ids)}) order by id for ${strength}`
}

// With others, the strongest lock is taken of all in one order: two admins who change each other do not wait in a circle.
function members({ userId, memberIds }: Held): RawBuilder<unknown> {
  if (memberIds.length === 0) return sql`user_id = ${userId} for share`
  const ids = userId === null ? memberIds : [userId, ...memberIds]
  return sql`user_id = any(${fewOf(ids)}) order by user_id for no key update`
}

// After the requirements: who removes SSO, or a member with all that is theirs, takes those first and then ends the sessions.
function lockOfSsoSession({ orgId, userId, sessionId, tokenId, ssoSession }: Held): RawBuilder<unknown> | undefined {
  if (!ssoSession || (sessionId === null && tokenId === null)) return undefined
  const there = sessionId === null ? sql`` : sql` and session_id = ${sessionId}`
  return sql`select from sso_sessions where org_id = ${orgId} and user_id = ${userId}${there}`
}

// A lock of its own, not that of the row: who asks for a right shares it, and must not have to wait for every request that
// changes something else about the organization.
function lockOfRequirements({ orgId, changesRequirements }: Held): RawBuilder<unknown> {
  const key = sql`hashtextextended(${`requirements ${orgId}`}, 0)`
  return changesRequirements ? sql`pg_advisory_xact_lock(${key})` : sql`pg_advisory_xact_lock_shared(${key})`
}
