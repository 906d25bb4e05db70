import type { Author } from '../access/author.ts'
import { record } from '../audit/record.ts'
import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { digest, looksLikeToken, newToken, tokenKinds } from '../kernel/secret.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { refreshReusedMail } from '../users/addresses/mails.ts'
import { tellOwner } from '../users/addresses/notices.ts'
import * as store from './refresh-store.ts'

const accessDays = 7
const refreshDays = 90
const signInDays = 365

/** The secrets that a program gets; both are shown only now. */
export interface IssuedTokens {
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
}

/** An access token that a program signed in with. */
interface SignedInToken {
  id: string
  name: string
  /** When the person approved it. */
  createdAt: Date
  owner: { id: string; name: string }
  clientId: string
}

/**
 * Gives an access token, whose row is locked, a new secret for its program, and a refresh token. The secret before stops
 * working at once.
 */
export async function issueTokens(
  tx: Tx,
  author: Author,
  { id, name, createdAt, owner, clientId }: SignedInToken,
  deed: 'issue' | 'refresh' = 'issue',
): Promise<IssuedTokens> {
  const [accessToken, refreshToken] = [newToken('user'), newToken('refresh')]
  const last4 = accessToken.slice(-4)
  const refreshExpiresAt = endOfRefresh(createdAt)
  const expiresAt = secondsFromNow(accessDays * daySeconds)
  await store.renewToken(tx, {
    id,
    hash: digest(accessToken),
    last4,
    expiresAt,
    refreshExpiresAt,
    rotatedAt: deed === 'refresh' ? now() : null,
  })
  const refresh = { hash: digest(refreshToken), tokenId: id, clientId, expiresAt: refreshExpiresAt }
  await store.insertRefreshToken(tx, refresh)
  const did = deed === 'issue' ? 'signed in a program with' : 'renewed'
  await record(tx, author, {
    type: `user_token.${deed}`,
    message: `${did} the token ${name}`,
    data: { token: { id, name, last4, expiresAt: expiresAt.toISOString() } },
    author: owner,
  })
  return { accessToken, refreshToken, expiresInSeconds: accessDays * daySeconds }
}

// However often it is renewed, a sign-in ends a year after it was approved
function endOfRefresh(createdAt: Date): Date {
  const idle = secondsFromNow(refreshDays * daySeconds).getTime()
  return new Date(Math.min(idle, createdAt.getTime() + signInDays * daySeconds * 1000))
}

/**
 * Renews an access token with its refresh token, once; undefined where that is unknown, expired, or of another client. One
 * that comes again was stolen, or its thief was first: the access token is deleted, with every refresh token that it had.
 */
export async function refreshToken(
  db: Db,
  author: Author,
  { secret, clientId }: { secret: string; clientId: string },
): Promise<IssuedTokens | undefined> {
  if (!looksLikeToken(secret) || !secret.startsWith(`hf_${tokenKinds.refresh}`)) return undefined
  const hash = digest(secret)
  return transaction(db, async (tx) => {
    const seen = await store.findRefreshToken(tx, hash)
    if (seen === undefined || !(await store.lockTokenById(tx, seen.token_id))) return undefined
    // Another request may have used it up, or deleted it, before the lock was free
    const found = await store.findRefreshToken(tx, hash)
    if (found === undefined || found.client_id !== clientId || found.expires_at <= now()) return undefined
    if (found.used_at !== null) return endReused(tx, author, found)
    if (found.owner_state !== 'active') return undefined
    await store.spendRefreshToken(tx, hash, now())
    const token = { id: found.token_id, name: found.name, createdAt: found.created_at, owner: ownerOf(found), clientId }
    return issueTokens(tx, author, token, 'refresh')
  })
}

type Found = NonNullable<Awaited<ReturnType<typeof store.findRefreshToken>>>

function ownerOf({ owner_id: id, owner_name: name }: Found): { id: string; name: string } {
  return { id, name }
}

async function endReused(tx: Tx, author: Author, found: Found): Promise<undefined> {
  const { token_id: id, name, role, last4 } = found
  const owner = ownerOf(found)
  await store.deleteTokenById(tx, id)
  await tellOwner(tx, owner, (to) => refreshReusedMail(to, found))
  await record(tx, author, {
    type: 'user_token.reuse',
    message: `used a refresh token of ${owner.name} a second time, so the token ${name} was deleted`,
    data: { user: owner.name, token: { id, name, role, last4 } },
  })
}

/** Deletes refresh tokens whose time is over. */
export async function deleteExpiredRefreshTokens(db: Db): Promise<void> {
  await store.deleteExpiredRefreshTokens(db, now())
}
