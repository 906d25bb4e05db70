import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { minuteSeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest, newToken } from '../kernel/secret.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { getSubject, ownId } from '../users/accounts/accounts.ts'
import { tokenMail } from '../users/addresses/mails.ts'
import { tellOwner } from '../users/addresses/notices.ts'
import * as store from './store.ts'

const mostTokens = 500
const longestYears = 10
const usedGrainSeconds = 15 * minuteSeconds

interface Wish {
  name: string
  role: 'read' | 'write'
  expiresAt?: string | null | undefined
}

/** Lists the caller's tokens, the newest first; the secrets are not known here. */
export async function listTokens(
  db: Db,
  permit: Permit<'token.list'>,
): Promise<ResultOf<typeof api.tokens.listTokens>> {
  const rows = await store.listTokens(db, permit.actor.id)
  return rows.map(tokenOf)
}

/** Creates a token of the caller; the answer is the only place where it is ever shown. */
export async function createToken(
  db: Db,
  permit: Permit<'token.create'>,
  input: InputOf<typeof api.tokens.createToken>,
): Promise<ResultOf<typeof api.tokens.createToken>> {
  const holder = { id: ownId(permit), name: permit.actor.name }
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    return addToken(tx, permit, holder, input)
  })
}

/** Creates a token of any account, for the command line on the server. */
export async function createTokenFor(
  db: Db,
  permit: Permit<'operator.createToken'>,
  input: InputOf<typeof api.operator.createTokenFor>,
): Promise<ResultOf<typeof api.operator.createTokenFor>> {
  const holder = getSubject(permit.facts)
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    return addToken(tx, permit, holder, input)
  })
}

async function addToken(tx: Tx, author: Author, holder: { id: string; name: string }, wish: Wish) {
  const expiresAt = expiryOf(wish.expiresAt)
  const token = newToken('user')
  const row = await store.insertToken(
    tx,
    { id: newId(), userId: holder.id, ...kept(token), name: wish.name, role: wish.role, createdAt: now(), expiresAt },
    mostTokens,
  )
  if (row === undefined)
    throw new HubError('Conflict', `An account can have at most ${mostTokens} tokens. Delete one first.`)
  await tellOwner(tx, holder, (to) => tokenMail(to, row, true))
  const message = `created the ${row.role} token ${row.name} for ${holder.name}`
  await record(tx, author, { type: 'user_token.create', message, data: { user: holder.name, token: describe(row) } })
  return { ...tokenOf(row), token }
}

// What is kept of a token: enough to know it again, too little to use it.
function kept(token: string): { hash: Buffer; last4: string } {
  return { hash: digest(token), last4: token.slice(-4) }
}

function expiryOf(text: string | null | undefined): Date | null {
  if (text === undefined || text === null) return null
  const expiresAt = new Date(text)
  const latest = now()
  latest.setUTCFullYear(latest.getUTCFullYear() + longestYears)
  if (expiresAt <= now()) throw badField('expiresAt', 'must be in the future')
  if (expiresAt > latest) throw badField('expiresAt', `must be at most ${longestYears} years ahead`)
  return expiresAt
}

/** Renames a token of the caller. */
export async function updateToken(
  db: Db,
  permit: Permit<'token.update'>,
  { id, name }: InputOf<typeof api.tokens.updateToken>,
): Promise<ResultOf<typeof api.tokens.updateToken>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = (await store.renameToken(tx, { userId: permit.actor.id, id, name })) ?? noSuchToken()
    if (row.before !== row.name) {
      const message = `renamed the token ${row.before} to ${row.name}`
      await record(tx, permit, {
        type: 'user_token.update',
        message,
        data: { before: { name: row.before }, after: { name }, token: describe(row) },
      })
    }
    return tokenOf(row)
  })
}

/** Deletes a token of the caller; it stops working at once. */
export async function deleteToken(
  db: Db,
  permit: Permit<'token.delete'>,
  { id }: InputOf<typeof api.tokens.deleteToken>,
): Promise<ResultOf<typeof api.tokens.deleteToken>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = (await store.deleteToken(tx, permit.actor.id, id)) ?? noSuchToken()
    await record(tx, permit, {
      type: 'user_token.delete',
      message: `deleted the token ${row.name}`,
      data: { token: describe(row) },
    })
    return { success: true }
  })
}

/** Replaces the secret of a token of the caller; the old one stops working at once. */
export async function rotateToken(
  db: Db,
  permit: Permit<'token.rotate'>,
  { id }: InputOf<typeof api.tokens.rotateToken>,
): Promise<ResultOf<typeof api.tokens.rotateToken>> {
  const token = newToken('user')
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = (await store.replaceSecret(tx, { userId: permit.actor.id, id, ...kept(token) })) ?? noSuchToken()
    await tellOwner(tx, permit.actor, (to) => tokenMail(to, row, false))
    await record(tx, permit, {
      type: 'user_token.rotate',
      message: `replaced the secret of the token ${row.name}`,
      data: { token: describe(row) },
    })
    return { ...tokenOf(row), token }
  })
}

/** Notes that a token was used, a quarter of an hour at most after the last note. */
export async function touchToken(db: Db, id: string, lastUsedAt: Date | null): Promise<void> {
  const before = secondsFromNow(-usedGrainSeconds)
  if (lastUsedAt === null || lastUsedAt <= before) await store.setLastUsed(db, id, now(), before)
}

function noSuchToken(): never {
  throw new HubError('NotFound', 'No token with this ID.')
}

function tokenOf(row: store.TokenRow) {
  const { id, name, role, last4 } = row
  return {
    id,
    name,
    role,
    last4,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }
}

function describe(row: store.TokenRow): Record<string, unknown> {
  const { id, name, role, last4 } = row
  return { id, name, role, last4, expiresAt: row.expires_at?.toISOString() ?? null }
}
