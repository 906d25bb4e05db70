import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author, RequestInfo } from '../../access/author.ts'
import type { Actor } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { maskAddress, record } from '../../audit/record.ts'
import { daySeconds, minuteSeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { digest, randomText } from '../../kernel/secret.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { deleteLinks } from '../addresses/email-store.ts'
import * as store from './session-store.ts'

const secretLength = 43
const idleDays = 30
const longestDays = 180
const rotateAfterSeconds = daySeconds
const seenGrainSeconds = 15 * minuteSeconds
const mostSessions = 100
const longestUserAgent = 300

type SessionFacts = NonNullable<Actor['session']>

/** A session whose secret goes into a cookie; only its hash is kept. */
export interface StartedSession {
  id: string
  secret: string
  expiresAt: Date
}

/** Begins a session with a secret of its own; the oldest ones beyond a hundred end. The person proved then who they are. */
export async function startSession(
  tx: Tx,
  userId: string,
  request: RequestInfo,
  confirmedAt = now(),
): Promise<StartedSession> {
  const session = { id: newId(), secret: randomText(secretLength), expiresAt: secondsFromNow(idleDays * daySeconds) }
  const { secret, ...rest } = session
  await store.insertSession(tx, { ...rest, ...originOf(request), userId, hash: digest(secret), confirmedAt, at: now() })
  await store.deleteSessionsBeyond(tx, userId, mostSessions)
  return session
}

/** Begins a session in place of the one that this browser had, even of another account: no earlier secret stays valid. */
export async function replaceSession(
  tx: Tx,
  { actor, request }: Author,
  userId: string,
  confirmedAt?: Date,
): Promise<StartedSession> {
  if (actor?.session) await store.deleteSession(tx, actor.id, actor.session.id)
  return startSession(tx, userId, request, confirmedAt)
}

function originOf(request: RequestInfo): { ip: string | null; userAgent: string | null } {
  return { ip: maskAddress(request.ip) || null, userAgent: request.userAgent?.slice(0, longestUserAgent) ?? null }
}

/**
 * Called after each request made with a session: notes when it was last seen, and changes a secret older than a day.
 * Answers the new secret, or nothing. Of two requests at once only one changes it; the secret before works a minute more.
 */
export async function refreshSession(
  db: Db,
  session: SessionFacts,
  request: RequestInfo,
): Promise<{ secret: string; expiresAt: Date } | undefined> {
  const origin = originOf(request)
  const isDue = session.rotatedAt <= secondsFromNow(-rotateAfterSeconds)
  if (!isDue) {
    if (session.lastSeenAt <= secondsFromNow(-seenGrainSeconds))
      await store.touchSession(db, { id: session.id, ...origin, at: now() })
    return undefined
  }
  const secret = randomText(secretLength)
  const expiresAt = await store.rotateSession(db, {
    id: session.id,
    hash: digest(secret),
    rotatedBefore: session.rotatedAt,
    at: now(),
    idleExpiry: secondsFromNow(idleDays * daySeconds),
    longestDays,
    ...origin,
  })
  return expiresAt && { secret, expiresAt }
}

/**
 * Ends what the former password or 2FA let in: the other sessions, the secret of this one at once, and links that set a
 * password. Answers the new secret, for the cookie.
 */
export async function endFormerAccess(tx: Tx, author: Author): Promise<StartedSession> {
  const userId = author.actor?.id ?? ''
  await store.deleteOtherSessions(tx, userId, ownSession(author).id)
  await deleteLinks(tx, userId, 'reset_password')
  return renewSecret(tx, author)
}

/** Gives the session of a request another secret; the ones before stop working at once. */
export async function renewSecret(tx: Tx, author: Author): Promise<StartedSession> {
  const { id } = ownSession(author)
  const secret = randomText(secretLength)
  const expiresAt = await store.replaceSecret(tx, id, digest(secret), now())
  if (expiresAt === undefined) throw new HubError('NotSignedIn', 'This session has ended. Sign in again.')
  return { id, secret, expiresAt }
}

// The session of a request; throws `403` where it comes without one.
function ownSession(author: Author): SessionFacts {
  const session = author.actor?.session
  if (session === undefined)
    throw new HubError('SessionRequired', 'Access tokens can’t do this. Sign in with a browser.')
  return session
}

/** Ends the session of the request, and clears its cookie. */
export async function signOut(db: Db, permit: Permit<'session.delete'>): Promise<ResultOf<typeof api.users.signOut>> {
  const { id } = ownSession(permit)
  await transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [permit.actor.id] })
    await store.deleteSession(tx, permit.actor.id, id)
    await record(tx, permit, { type: 'session.delete', message: 'signed out', data: { session: id } })
  })
  return { reply: { success: true }, session: null }
}

/** Lists where the caller is signed in, the last seen first. */
export async function listSessions(
  db: Db,
  permit: Permit<'session.list'>,
): Promise<ResultOf<typeof api.users.listSessions>> {
  const rows = await store.listSessions(db, permit.actor.id, now())
  return rows.map((row) => ({
    id: row.id,
    current: row.id === permit.actor.session?.id,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    ip: row.ip,
    userAgent: row.user_agent,
  }))
}

/** Ends one of the caller's sessions. */
export async function endSession(
  db: Db,
  permit: Permit<'session.end'>,
  input: InputOf<typeof api.users.endSession>,
): Promise<ResultOf<typeof api.users.endSession>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [permit.actor.id] })
    const ended = await store.deleteSession(tx, permit.actor.id, input.id)
    if (!ended) throw new HubError('NotFound', 'No session with this ID. It may have already ended.')
    await record(tx, permit, {
      type: 'session.end',
      message: 'ended another session',
      data: { sessions: [input.id] },
    })
    return { success: true }
  })
}

/** Ends every session of the caller but the one the request is made with. */
export async function endOtherSessions(
  db: Db,
  permit: Permit<'session.end'>,
): Promise<ResultOf<typeof api.users.endOtherSessions>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [permit.actor.id] })
    const ended = await store.deleteOtherSessions(tx, permit.actor.id, permit.actor.session?.id ?? '')
    if (ended.length > 0) {
      const message = `ended all other sessions (${ended.length})`
      await record(tx, permit, { type: 'session.end', message, data: { sessions: ended } })
    }
    return { ended: ended.length }
  })
}
