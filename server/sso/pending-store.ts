import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** The browser that began a sign-in: by the session that it has, or by a secret where no one is signed in there. */
export type Beginner =
  | { userId: string; sessionId: string; browserHash: null }
  | { userId: null; sessionId: null; browserHash: Buffer }

/** A sign-in that has begun, bound to the browser that began it. */
export type PendingSignIn = Beginner & {
  stateHash: Buffer
  orgId: string
  isTest: boolean
  /** The identity provider was asked to have the person sign in again. */
  asksAgain: boolean
  protocol: 'saml' | 'oidc'
  nonce: string | null
  /** Sealed. */
  codeVerifier: Buffer | null
  requestId: string | null
  returnTo: string
  /** Sealed: what a SAML response said. */
  identity: Buffer | null
  expiresAt: Date
}

const columns = sql`state_hash "stateHash", org_id "orgId", user_id "userId", session_id "sessionId", browser_hash "browserHash", is_test "isTest", asks_again "asksAgain", protocol,
  nonce, code_verifier "codeVerifier", request_id "requestId", return_to "returnTo", identity, expires_at "expiresAt"`

/** Inserts a sign-in that begins. */
export async function insertPending(db: Db, p: PendingSignIn, at: Date): Promise<void> {
  await sql`insert into sso_pending (state_hash, org_id, user_id, session_id, browser_hash, is_test, asks_again, protocol, nonce, code_verifier,
      request_id, return_to, created_at, expires_at)
    values (${p.stateHash}, ${p.orgId}, ${p.userId}, ${p.sessionId}, ${p.browserHash}, ${p.isTest}, ${p.asksAgain}, ${p.protocol}, ${p.nonce},
      ${p.codeVerifier}, ${p.requestId}, ${p.returnTo}, ${at}, ${p.expiresAt})`.execute(db)
}

/** Takes a sign-in that has begun in this browser: no answer completes it a second time. */
export async function takePending(
  db: Db,
  { stateHash, orgId, at }: { stateHash: Buffer; orgId: string; at: Date },
  { sessionId, browserHash }: Pick<Beginner, 'sessionId' | 'browserHash'>,
): Promise<PendingSignIn | undefined> {
  const { rows } = await sql<PendingSignIn>`delete from sso_pending
    where state_hash = ${stateHash} and org_id = ${orgId} and (session_id = ${sessionId} or browser_hash = ${browserHash}) and expires_at > ${at}
    returning ${columns}`.execute(db)
  return rows[0]
}

/** Deletes what is over: sign-ins, SSO sessions, and IDs of assertions that have expired themselves. */
export async function deleteExpired(db: Db, at: Date): Promise<void> {
  await sql`delete from sso_pending where expires_at < ${at}`.execute(db)
  await sql`delete from sso_sessions where expires_at < ${at}`.execute(db)
  await sql`delete from sso_used_assertions where expires_at < ${at}`.execute(db)
}

/** Notes that an assertion was taken; false if it was before. */
export async function noteUsed(tx: Tx, orgId: string, id: string, expiresAt: Date): Promise<boolean> {
  const { rows } = await sql`insert into sso_used_assertions (org_id, assertion_id, expires_at)
    values (${orgId}, ${id}, ${expiresAt}) on conflict do nothing returning org_id`.execute(tx)
  return rows.length === 1
}
