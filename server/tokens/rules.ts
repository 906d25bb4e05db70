import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { scopesOf } from '../access/scopes.ts'
import { record } from '../audit/record.ts'
import { minuteSeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest, newToken, type TokenKind } from '../kernel/secret.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { getSubject, ownId } from '../users/accounts/accounts.ts'
import { tokenMail } from '../users/addresses/mails.ts'
import { tellOwner } from '../users/addresses/notices.ts'
import { standingsOf } from './organizations/standings.ts'
import { type Owner, setScope } from './scopes.ts'
import * as store from './store.ts'

const mostTokens = 500
const longestYears = 10
const usedGrainSeconds = 15 * minuteSeconds

type Wish = InputOf<typeof api.tokens.createToken>

/** Lists the caller's tokens, the newest first; the secrets are not known here. */
export async function listTokens(
  db: Db,
  permit: Permit<'token.list'>,
): Promise<ResultOf<typeof api.tokens.listTokens>> {
  const rows = await store.listTokens(db, permit.actor.id)
  const scoped = rows.filter(({ role }) => role === 'fineGrained').map(({ id }) => id)
  const scopes = await scopesOf(db, permit.actor, scoped)
  const standings = await standingsOf(
    db,
    permit.actor.id,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => tokenOf(row, { scope: scopes.get(row.id), standings: standings.get(row.id) }))
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

async function addToken(tx: Tx, author: Author, holder: Owner, wish: Wish) {
  const added = await insertToken(tx, author, holder, wish)
  await tellOwner(tx, holder, (to) => tokenMail(to, added.row, 'created'))
  await recordCreation(tx, author, holder, added)
  return { ...(await shownToken(tx, holder.id, added.row, added.scope)), token: added.token }
}

interface Added {
  row: store.TokenRow
  scope: api.tokens.FineGrained | undefined
  /** The secret, known only here. */
  token: string
}

/** Inserts a token of a person. Its creation is not recorded yet, and its owner not told. */
export async function insertToken(tx: Tx, author: Author, holder: Owner, wish: Wish): Promise<Added> {
  const expiresAt = expiryOf(wish.expiresAt)
  requireScope(wish)
  const token = newToken(kindOf(wish.role))
  const row = await store.insertToken(
    tx,
    { id: newId(), userId: holder.id, ...kept(token), name: wish.name, role: wish.role, createdAt: now(), expiresAt },
    mostTokens,
  )
  if (row === undefined)
    throw new HubError('Conflict', `An account can have at most ${mostTokens} tokens. Delete one first.`)
  if (wish.fineGrained) await setScope(tx, author, { ...row, owner: holder }, wish.fineGrained)
  return { row, scope: await scopeOf(tx, holder.id, row), token }
}

/** Records that a token was created; `data` says how, where not by its owner on the page. */
export async function recordCreation(
  tx: Tx,
  author: Author,
  holder: Owner,
  { row, scope, ...by }: Omit<Added, 'token'> & { data?: Record<string, unknown> },
): Promise<void> {
  const message = `created the ${roleWords[row.role]} token ${row.name} for ${holder.name}`
  const data = { user: holder.name, token: { ...describe(row), ...scope }, ...by.data }
  await record(tx, author, { type: 'user_token.create', message, data })
}

const roleWords = { read: 'read', write: 'write', fineGrained: 'fine-grained' } as const

function kindOf(role: Wish['role']): TokenKind {
  return role === 'fineGrained' ? 'fineGrained' : 'user'
}

function requireScope({ role, fineGrained }: Wish): void {
  if (role === 'fineGrained' && fineGrained === undefined)
    throw badField('fineGrained', 'is required for fine-grained tokens')
  if (role !== 'fineGrained' && fineGrained !== undefined) throw needsNoScope(role)
}

function needsNoScope(role: string): HubError {
  return badField('fineGrained', `doesn’t apply to ${role} tokens`)
}

async function scopeOf(tx: Tx, userId: string, { id, role }: store.TokenRow) {
  return role === 'fineGrained' ? (await scopesOf(tx, { id: userId }, [id])).get(id) : undefined
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

/** Renames a token of the caller, or changes what a fine-grained one can reach: from the very next request. */
export async function updateToken(
  db: Db,
  permit: Permit<'token.update'>,
  { id, name, fineGrained }: InputOf<typeof api.tokens.updateToken>,
): Promise<ResultOf<typeof api.tokens.updateToken>> {
  const { actor } = permit
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = (await store.lockToken(tx, actor.id, id)) ?? noSuchToken()
    if (fineGrained && row.role !== 'fineGrained') throw needsNoScope(row.role)
    const before = { name: row.name, ...(await scopeOf(tx, actor.id, row)) }
    if (name !== undefined) await store.renameToken(tx, id, name)
    if (fineGrained) await setScope(tx, permit, { ...row, owner: actor }, fineGrained)
    const renamed = { ...row, name: name ?? row.name }
    const scope = await scopeOf(tx, actor.id, row)
    await recordUpdate(tx, permit, renamed, { before, after: { name: renamed.name, ...scope } })
    return shownToken(tx, actor.id, renamed, scope)
  })
}

interface TokenChange {
  before: { name: string } & Partial<api.tokens.FineGrained>
  after: { name: string } & Partial<api.tokens.FineGrained>
}

async function recordUpdate(
  tx: Tx,
  permit: Permit<'token.update'>,
  row: store.TokenRow,
  { before, after }: TokenChange,
): Promise<void> {
  const isRenamed = before.name !== after.name
  const reach = ({ scoped, canReadGatedRepos = false }: TokenChange['after']) =>
    JSON.stringify([scoped, canReadGatedRepos])
  const isScoped = reach(before) !== reach(after)
  if (!isRenamed && !isScoped) return
  if (isScoped) await tellOwner(tx, permit.actor, (to) => tokenMail(to, row, 'changed'))
  const renamed = `renamed the token ${before.name} to ${after.name}`
  const changed = `changed the permissions of the token ${after.name}`
  const message = isScoped ? (isRenamed ? `${renamed} and changed its permissions` : changed) : renamed
  const data = isScoped
    ? { before, after, token: describe(row) }
    : { before: { name: before.name }, after: { name: after.name }, token: describe(row) }
  await record(tx, permit, { type: 'user_token.update', message, data })
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
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const { role } = (await store.lockToken(tx, permit.actor.id, id)) ?? noSuchToken()
    const token = newToken(kindOf(role))
    const row =
      (await store.replaceSecret(tx, { userId: permit.actor.id, id, ...kept(token), at: now() })) ?? noSuchToken()
    await tellOwner(tx, permit.actor, (to) => tokenMail(to, row, 'rotated'))
    await record(tx, permit, {
      type: 'user_token.rotate',
      message: `replaced the secret of the token ${row.name}`,
      data: { token: describe(row) },
    })
    return { ...(await shownToken(tx, permit.actor.id, row, await scopeOf(tx, permit.actor.id, row))), token }
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

/** A token as its owner sees it. */
export async function shownToken(
  tx: Tx,
  userId: string,
  row: store.TokenRow,
  scope?: api.tokens.FineGrained,
): Promise<api.tokens.Token> {
  const standings = await standingsOf(tx, userId, [row.id])
  return tokenOf(row, { scope, standings: standings.get(row.id) })
}

interface Told {
  scope: api.tokens.FineGrained | undefined
  standings: api.tokens.Standing[] | undefined
}

function tokenOf(row: store.TokenRow, { scope, standings = [] }: Told): api.tokens.Token {
  const { id, name, role, last4, refresh_expires_at: refreshExpiresAt } = row
  return {
    id,
    name,
    role,
    ...(scope && { fineGrained: scope }),
    last4,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    ...(refreshExpiresAt && { refreshExpiresAt: refreshExpiresAt.toISOString() }),
    organizations: standings,
  }
}

function describe(row: store.TokenRow): Record<string, unknown> {
  const { id, name, role, last4 } = row
  return { id, name, role, last4, expiresAt: row.expires_at?.toISOString() ?? null }
}
