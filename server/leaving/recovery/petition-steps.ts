import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts.ts'
import { holdPetition, recordStep, refuseEnded, settle, tell } from './petition-progress.ts'
import { type PetitionView, petitionReply } from './petition-reply.ts'
import * as store from './petition-store.ts'
import { noPetition } from './recovery.ts'
import { type Look, lookUp, type Prover } from './recovery-proof.ts'

type Recovery = typeof api.recovery
type PetitionRow = store.PetitionRow

async function holdLiving(tx: Tx, id: string, orgId?: string): Promise<PetitionRow> {
  const row = await holdPetition(tx, id)
  if (row === undefined || (orgId !== undefined && row.org_id !== orgId)) throw noPetition()
  refuseEnded(row)
  return row
}

async function freshRow(tx: Tx, { id }: PetitionRow): Promise<PetitionRow> {
  const row = await store.findPetition(tx, id)
  if (row === undefined) throw noPetition()
  return row
}

/** Confirms a petition, as member who may write; once more changes nothing. */
export async function confirmPetition(
  db: Db,
  permit: Permit<'recovery.confirm'>,
  { id }: InputOf<Recovery['confirmPetition']>,
  view: PetitionView,
): Promise<ResultOf<Recovery['confirmPetition']>> {
  const userId = ownId(permit)
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await holdLiving(tx, id, permit.org.id)
    if (row.path !== 'domain') throw new HubError('Conflict', 'This petition needs no confirmation by members.')
    if (row.person_id === userId)
      throw new HubError('Forbidden', 'You cannot confirm your own petition; others who may write can.')
    if (!(await store.insertVoice(tx, row.id, { id: userId, name: permit.actor.name }, now()))) return row
    const message = `confirmed that ${row.person_name} should become admin`
    return go(tx, permit, row, { type: 'org.recovery.confirm', message })
  })
  return petitionReply(db, permit.facts, after, view)
}

// Judges a petition after a step, answers how it is then, and writes the one event.
async function go(
  tx: Tx,
  author: Author,
  row: PetitionRow,
  step: { type: string; message: string },
): Promise<PetitionRow> {
  const outcome = await settle(tx, row)
  const after = await freshRow(tx, row)
  await recordStep(tx, author, row, { step, outcome })
  return after
}

/** Looks for the record of the caller's petition in the DNS, and lets the time begin when all is there. */
export async function checkProof(
  db: Db,
  permit: Permit<'recovery.check'>,
  { id }: InputOf<Recovery['checkProof']>,
  view: PetitionView & Prover,
): Promise<ResultOf<Recovery['checkProof']>> {
  const userId = ownId(permit)
  const known = await store.findPetition(db, id, permit.org.id)
  if (known === undefined) throw noPetition()
  if (known.person_id !== userId)
    throw new HubError('Forbidden', 'Only who opened the petition has its record looked up.')
  if (known.path !== 'domain') throw new HubError('Conflict', 'This petition needs no record in the DNS.')
  refuseEnded(known)
  const look = await lookUp(view, known)
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await holdLiving(tx, id, permit.org.id)
    const looked = await noteLook(tx, row, look)
    const message = `had the DNS record of ${row.domain} looked up: ${looked.proof_found ? 'it is there' : 'it is not there'}`
    return go(tx, permit, looked, { type: 'org.recovery.check', message })
  })
  return petitionReply(db, permit.facts, after, view)
}

/** Writes down what the DNS answered, if it did; answers the petition as it is then. */
export async function noteLook(tx: Tx, row: PetitionRow, { isAnswered, found, problem }: Look): Promise<PetitionRow> {
  const proof = isAnswered ? found : row.proof_found
  await store.setProof(tx, row.id, { found: proof, problem, at: isAnswered ? now() : row.proof_checked_at })
  return { ...row, proof_found: proof }
}

/** Stops a petition for good, as admin. */
export async function vetoPetition(
  db: Db,
  permit: Permit<'recovery.veto'>,
  { id }: InputOf<Recovery['vetoPetition']>,
  view: PetitionView,
): Promise<ResultOf<Recovery['vetoPetition']>> {
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await holdLiving(tx, id, permit.org.id)
    const how = `${permit.actor.name}, an admin, stopped it.`
    const message = `stopped the petition to make ${row.person_name} admin`
    return close(tx, permit, row, { state: 'vetoed', how, step: { type: 'org.recovery.veto', message } })
  })
  return petitionReply(db, permit.facts, after, view)
}

/** Takes back the petition that is about the caller. */
export async function withdrawPetition(
  db: Db,
  permit: Permit<'recovery.withdraw'>,
  { id }: InputOf<Recovery['withdrawPetition']>,
  view: PetitionView,
): Promise<ResultOf<Recovery['withdrawPetition']>> {
  const userId = ownId(permit)
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await holdLiving(tx, id, permit.org.id)
    if (row.person_id !== userId)
      throw new HubError('Forbidden', 'Only who is to become admin takes the petition back.')
    return withdraw(tx, permit, row)
  })
  return petitionReply(db, permit.facts, after, view)
}

/** Takes back a petition of operators, as operator. */
export async function withdrawAsOperator(
  db: Db,
  permit: Permit<'operator.withdrawPetition'>,
  { id }: InputOf<Recovery['withdrawAsOperator']>,
  view: PetitionView,
): Promise<ResultOf<Recovery['withdrawAsOperator']>> {
  const row = await transaction(db, async (tx) => withdraw(tx, permit, await holdOperators(tx, id)))
  return petitionReply(db, permit.facts, row, view)
}

/** Approves what another operator began. */
export async function approvePetition(
  db: Db,
  permit: Permit<'operator.approvePetition'>,
  { id }: InputOf<Recovery['approvePetition']>,
  view: PetitionView,
): Promise<ResultOf<Recovery['approvePetition']>> {
  const after = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await holdOperators(tx, id)
    const { actor } = permit
    if (!(await store.insertVoice(tx, row.id, actor, now())))
      throw new HubError('Conflict', 'You have approved this already; it takes another operator.')
    const message = `approved as operator to make ${row.person_name} admin`
    return go(tx, permit, row, { type: 'org.recovery.approve', message })
  })
  return petitionReply(db, permit.facts, after, view)
}

async function holdOperators(tx: Tx, id: string): Promise<PetitionRow> {
  const row = await holdLiving(tx, id)
  if (row.path !== 'operators')
    throw new HubError('Forbidden', 'This petition is not one of operators: its members and admins decide about it.')
  return row
}

async function withdraw(tx: Tx, author: Author, row: PetitionRow): Promise<PetitionRow> {
  const how = `${author.actor?.name} took it back.`
  const step = { type: 'org.recovery.withdraw', message: `took back the petition to make ${row.person_name} admin` }
  return close(tx, author, row, { state: 'withdrawn', how, step })
}

interface Closing {
  state: 'vetoed' | 'withdrawn'
  how: string
  step: { type: string; message: string }
}

async function close(tx: Tx, author: Author, row: PetitionRow, { state, how, step }: Closing): Promise<PetitionRow> {
  await store.endPetition(tx, row.id, { state, by: author.actor?.name ?? 'system', note: '', at: now() })
  await tell(tx, row, { at: 'end', how })
  const after = await freshRow(tx, row)
  await recordStep(tx, author, row, { step, outcome: { what: 'unchanged' } })
  return after
}
