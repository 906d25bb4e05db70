import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts/accounts.ts'
import { attemptLimits, countAttempt } from '../../users/guessing/attempts.ts'
import { noRecoveryRequest } from './recovery.ts'
import { type Look, lookUp, type Prover } from './recovery-proof.ts'
import { lockRecoveryRequest, recordStep, refuseEnded, settle, tell } from './request-progress.ts'
import { type RecoveryRequestView, recoveryRequestReply } from './request-reply.ts'
import * as store from './request-store.ts'

type Recovery = typeof api.recovery
type RecoveryRequestRow = store.RecoveryRequestRow

async function lockLiving(tx: Tx, id: string, orgId?: string): Promise<RecoveryRequestRow> {
  const row = await lockRecoveryRequest(tx, id)
  if (row === undefined || (orgId !== undefined && row.org_id !== orgId)) throw noRecoveryRequest()
  refuseEnded(row)
  return row
}

async function freshRow(tx: Tx, { id }: RecoveryRequestRow): Promise<RecoveryRequestRow> {
  const row = await store.findRecoveryRequest(tx, id)
  if (row === undefined) throw noRecoveryRequest()
  return row
}

/** Confirms a recovery request, as member who may write; once more changes nothing. */
export async function confirmRecoveryRequest(
  db: Db,
  permit: Permit<'recovery.confirm'>,
  { id }: InputOf<Recovery['confirmRecoveryRequest']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['confirmRecoveryRequest']>> {
  const userId = ownId(permit)
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockLiving(tx, id, permit.org.id)
    if (row.path !== 'domain')
      throw new HubError('Conflict', 'This recovery request doesn’t need confirmations from members.')
    if (row.person_id === userId)
      throw new HubError(
        'Forbidden',
        'You can’t confirm your own recovery request. Ask other members with the write role.',
      )
    if (!(await store.insertConfirmation(tx, row.id, { id: userId, name: permit.actor.name }, now()))) return row
    const message = `confirmed that ${row.person_name} should become an admin`
    return go(tx, permit, row, { type: 'org.recovery.confirm', message })
  })
  return recoveryRequestReply(db, permit.facts, after, view)
}

// Judges a recovery request after a step, answers how it is then, and writes the one event.
async function go(
  tx: Tx,
  author: Author,
  row: RecoveryRequestRow,
  step: { type: string; message: string },
): Promise<RecoveryRequestRow> {
  const outcome = await settle(tx, row)
  const after = await freshRow(tx, row)
  await recordStep(tx, author, row, { step, outcome })
  return after
}

/** Looks for the record of the caller's recovery request in the DNS, and lets the time begin when all is there. */
export async function checkProof(
  db: Db,
  permit: Permit<'recovery.check'>,
  { id }: InputOf<Recovery['checkProof']>,
  view: RecoveryRequestView & Prover,
): Promise<ResultOf<Recovery['checkProof']>> {
  const userId = ownId(permit)
  const known = await store.findRecoveryRequest(db, id, permit.org.id)
  if (known === undefined) throw noRecoveryRequest()
  if (known.person_id !== userId) throw new HubError('Forbidden', 'Only the requester can check the DNS record.')
  if (known.path !== 'domain') throw new HubError('Conflict', 'This recovery request doesn’t need a DNS record.')
  refuseEnded(known)
  await countAttempt(db, attemptLimits.dnsCheck, permit.org.id)
  await countAttempt(db, attemptLimits.dnsCheckByOne, userId)
  const look = await lookUp(view, known)
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockLiving(tx, id, permit.org.id)
    const looked = await noteLook(tx, row, look)
    const message = `checked the DNS record of ${row.domain}: ${looked.proof_found ? 'found' : 'not found'}`
    return go(tx, permit, looked, { type: 'org.recovery.check', message })
  })
  return recoveryRequestReply(db, permit.facts, after, view)
}

/** Writes down what the DNS answered, if it did; answers the recovery request as it is then. */
export async function noteLook(
  tx: Tx,
  row: RecoveryRequestRow,
  { isAnswered, found, problem }: Look,
): Promise<RecoveryRequestRow> {
  const proof = isAnswered ? found : row.proof_found
  await store.setProof(tx, row.id, { found: proof, problem, at: isAnswered ? now() : row.proof_checked_at })
  return { ...row, proof_found: proof }
}

/** Stops a recovery request for good, as admin. */
export async function vetoRecoveryRequest(
  db: Db,
  permit: Permit<'recovery.veto'>,
  { id }: InputOf<Recovery['vetoRecoveryRequest']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['vetoRecoveryRequest']>> {
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockLiving(tx, id, permit.org.id)
    const how = `${permit.actor.name}, an admin, stopped the request.`
    const message = `stopped the recovery request to make ${row.person_name} an admin`
    return close(tx, permit, row, { state: 'vetoed', how, step: { type: 'org.recovery.veto', message } })
  })
  return recoveryRequestReply(db, permit.facts, after, view)
}

/** Withdraws the recovery request that is about the caller. */
export async function withdrawRecoveryRequest(
  db: Db,
  permit: Permit<'recovery.withdraw'>,
  { id }: InputOf<Recovery['withdrawRecoveryRequest']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['withdrawRecoveryRequest']>> {
  const userId = ownId(permit)
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockLiving(tx, id, permit.org.id)
    if (row.person_id !== userId)
      throw new HubError('Forbidden', 'Only the requester can withdraw this recovery request.')
    return withdraw(tx, permit, row)
  })
  return recoveryRequestReply(db, permit.facts, after, view)
}

/** Withdraws a recovery request of operators, as operator. */
export async function withdrawAsOperator(
  db: Db,
  permit: Permit<'operator.withdrawRecovery'>,
  { id }: InputOf<Recovery['withdrawAsOperator']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['withdrawAsOperator']>> {
  const row = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    return withdraw(tx, permit, await lockOperators(tx, id))
  })
  return recoveryRequestReply(db, permit.facts, row, view)
}

/** Approves what another operator began. */
export async function approveRecoveryRequest(
  db: Db,
  permit: Permit<'operator.approveRecovery'>,
  { id }: InputOf<Recovery['approveRecoveryRequest']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['approveRecoveryRequest']>> {
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockOperators(tx, id)
    const { actor } = permit
    if (!(await store.insertConfirmation(tx, row.id, actor, now())))
      throw new HubError(
        'Conflict',
        'You have already approved this request. Another site admin has to approve it too.',
      )
    const message = `approved as a site admin to make ${row.person_name} an admin`
    return go(tx, permit, row, { type: 'org.recovery.approve', message })
  })
  return recoveryRequestReply(db, permit.facts, after, view)
}

async function lockOperators(tx: Tx, id: string): Promise<RecoveryRequestRow> {
  const row = await lockLiving(tx, id)
  if (row.path !== 'operators')
    throw new HubError(
      'Forbidden',
      'This recovery request was not opened by a site admin. Members and admins of the organization decide on it.',
    )
  return row
}

async function withdraw(tx: Tx, author: Author, row: RecoveryRequestRow): Promise<RecoveryRequestRow> {
  const how = `${author.actor?.name} withdrew the request.`
  const step = {
    type: 'org.recovery.withdraw',
    message: `withdrew the recovery request to make ${row.person_name} an admin`,
  }
  return close(tx, author, row, { state: 'withdrawn', how, step })
}

interface Closing {
  state: 'vetoed' | 'withdrawn'
  how: string
  step: { type: string; message: string }
}

async function close(
  tx: Tx,
  author: Author,
  row: RecoveryRequestRow,
  { state, how, step }: Closing,
): Promise<RecoveryRequestRow> {
  await store.endRecoveryRequest(tx, row.id, { state, by: author.actor?.name ?? 'system', note: '', at: now() })
  await tell(tx, row, { at: 'end', how })
  const after = await freshRow(tx, row)
  await recordStep(tx, author, row, { step, outcome: { what: 'unchanged' } })
  return after
}
