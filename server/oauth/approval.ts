import type { InputOf, oauth, ResultOf } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { maskAddress, record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { networkOf } from '../shares/network.ts'
import { type Db, transaction } from '../store/database.ts'
import { insertToken, recordCreation, shownToken } from '../tokens/rules.ts'
import { ownId } from '../users/accounts/accounts.ts'
import { programMail } from '../users/addresses/mails.ts'
import { tellOwner } from '../users/addresses/notices.ts'
import { attemptLimits, countAttempt, uncountAttempt } from '../users/guessing/attempts.ts'
import { findProgram } from './programs.ts'
import * as store from './store.ts'
import { shownCode, typedCode } from './user-codes.ts'

/** Tells who asks to be signed in with a code. */
export async function viewDevice(
  db: Db,
  permit: Permit<'device.view'>,
  input: InputOf<typeof oauth.viewDevice>,
): Promise<ResultOf<typeof oauth.viewDevice>> {
  const { userCode, device } = await findByCode(db, permit, input.code)
  return {
    code: shownCode(userCode),
    program: programOf(device),
    ip: device.ip,
    isOtherNetwork: networkOf(device.ip) !== networkOf(permit.request.ip),
    createdAt: device.created_at.toISOString(),
    expiresAt: device.expires_at.toISOString(),
  }
}

/**
 * Signs in a program: creates the token that it gets with its next request. Its first secret is thrown away, so that it
 * opens nothing until then.
 */
export async function approveDevice(
  db: Db,
  permit: Permit<'device.approve'>,
  { code, name, role }: InputOf<typeof oauth.approveDevice>,
): Promise<ResultOf<typeof oauth.approveDevice>> {
  const { userCode } = await findByCode(db, permit, code)
  const holder = { id: ownId(permit), name: permit.actor.name }
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const device = (await store.lockWaiting(tx, userCode, now())) ?? noSuchCode()
    const origin = { program: programOf(device), network: maskAddress(device.ip) }
    const added = await insertToken(tx, permit, holder, { name, role, expiresAt: device.expires_at.toISOString() })
    await store.approveDevice(tx, device.hash, added.row.id)
    await tellOwner(tx, holder, (to) => programMail(to, { ...origin, role }))
    await recordCreation(tx, permit, holder, { ...added, data: { device: origin } })
    return shownToken(tx, holder.id, added.row)
  })
}

/** Turns a program away. */
export async function denyDevice(
  db: Db,
  permit: Permit<'device.deny'>,
  { code }: InputOf<typeof oauth.denyDevice>,
): Promise<ResultOf<typeof oauth.denyDevice>> {
  const { userCode } = await findByCode(db, permit, code)
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const device = (await store.lockWaiting(tx, userCode, now())) ?? noSuchCode()
    await store.denyDevice(tx, device.hash)
    const origin = { program: programOf(device), network: maskAddress(device.ip) }
    await record(tx, permit, {
      type: 'device.deny',
      message: `denied the sign-in of ${origin.program}`,
      data: { device: origin },
    })
    return { success: true }
  })
}

// Every try counts until it was right, so that many at once find no more than many in turn.
async function findByCode(db: Db, author: Author, typed: string) {
  const userCode = typedCode(typed) ?? noSuchCode()
  const counted = [
    [attemptLimits.userCode, author.actor?.id ?? ''],
    [attemptLimits.userCodeFromNetwork, networkOf(author.request.ip)],
    [attemptLimits.userCodeInTotal, ''],
  ] as const
  for (const [limit, who] of counted) await countAttempt(db, limit, who)
  const device = (await store.findWaiting(db, userCode, now())) ?? noSuchCode()
  for (const [limit, who] of counted) await uncountAttempt(db, limit, who)
  return { userCode, device }
}

function noSuchCode(): never {
  throw new HubError('NotFound', 'This code is invalid, has expired, or was already used. Start the sign-in again.')
}

function programOf({ client_id: clientId }: { client_id: string }): string {
  return findProgram(clientId)?.name ?? 'Unknown program'
}
