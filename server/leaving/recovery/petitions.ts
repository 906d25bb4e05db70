import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { isKeptOut } from '../../members/membership/tombstones.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts.ts'
import { lowerName } from '../../users/names.ts'
import { provableDomains } from './petition-judge.ts'
import { holdPlace, recordStep, settle, tell } from './petition-progress.ts'
import { type PetitionView, petitionReply } from './petition-reply.ts'
import * as store from './petition-store.ts'
import { whyNoSuccessor } from './recovery.ts'
import { findLoss, type Loss, whyOpen } from './recovery-standing.ts'
import { countOperators, findAccountNamed, findPersonFacts } from './recovery-store.ts'

type Recovery = typeof api.recovery
type Org = { id: string; name: string }

const mostInPeriod = 3
const periodDays = 30

/** Asks to become admin, as successor or by proof of a domain; a successor who may is admin at once. */
export async function openPetition(
  db: Db,
  permit: Permit<'recovery.petition'>,
  input: InputOf<Recovery['openPetition']>,
  view: PetitionView,
): Promise<ResultOf<Recovery['openPetition']>> {
  const { org } = permit
  const personId = ownId(permit)
  const reason = input.reason?.trim() ?? ''
  if (input.path === 'domain' && input.domain === undefined)
    throw badField('domain', 'name the domain that you can prove.')
  const row = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await holdPlace(tx, org.id, personId)
    const loss = await findOpenLoss(tx, org, personId)
    const fresh = { org, personId, reason, lostAt: loss.since, approvalsNeeded: 0, openedBy: permit.actor }
    if (input.path === 'domain') {
      const domain = await provableDomain(tx, fresh, input.domain ?? '')
      return open(tx, permit, { ...fresh, path: 'domain', domain })
    }
    const why = await whyNoSuccessor(tx, org, personId, loss)
    if (why !== undefined) throw new HubError('Forbidden', why)
    // What else lives gives way: with an admin there is nothing left to ask for.
    const note = `${permit.actor.name} took over as successor.`
    const gaveWay = await store.endOthers(tx, org.id, '', { state: 'withdrawn', by: 'system', note, at: now() })
    return open(tx, permit, { ...fresh, path: 'successor', domain: null, gaveWay })
  })
  return petitionReply(db, permit.facts, row, view)
}

async function findOpenLoss(tx: Tx, org: Org, personId: string): Promise<Loss> {
  const loss = await findLoss(tx, org.id, personId)
  if (loss.kind === 'none') throw new HubError('Conflict', whyOpen(org.name, loss))
  return loss
}

async function provableDomain(
  tx: Tx,
  { org, personId, lostAt }: { org: Org; personId: string; lostAt: Date },
  domain: string,
): Promise<string> {
  const recent = await store.countRecent(tx, org.id, personId, secondsFromNow(-periodDays * daySeconds))
  if (recent.vetoed > 0)
    throw new HubError(
      'Forbidden',
      `An admin stopped your last petition; you may ask again ${periodDays} days after it.`,
    )
  if (recent.opened >= mostInPeriod)
    throw new HubError(
      'Forbidden',
      `You opened ${mostInPeriod} petitions here within ${periodDays} days; wait a while.`,
    )
  if ((await provableDomains(tx, org.id, personId, lostAt)).includes(domain)) return domain
  throw new HubError(
    'Forbidden',
    `domain: it takes a verified address of yours in a domain that ${org.name} had verified before it lost its admins, and still has.`,
  )
}

interface Opening {
  org: Org
  personId: string
  path: api.recovery.RecoveryPath
  domain: string | null
  reason: string
  lostAt: Date
  approvalsNeeded: number
  openedBy: { id: string; name: string }
  /** Petitions that ended for this one. */
  gaveWay?: string[]
}

async function open(tx: Tx, author: Author, opening: Opening): Promise<store.PetitionRow> {
  const { org, path, openedBy, gaveWay = [] } = opening
  const petition = { ...opening, id: newId(), orgId: org.id, at: now() }
  if (!(await store.insertPetition(tx, petition)))
    throw new HubError('Conflict', 'A petition for this person lives already; take that back first.')
  if (path === 'operators') await store.insertVoice(tx, petition.id, openedBy, petition.at)
  const row = await getRow(tx, petition.id)
  const outcome = await settle(tx, row)
  if (outcome.what === 'unchanged') await tell(tx, row, { at: 'opening' })
  if (path === 'successor' && outcome.what !== 'done')
    throw new HubError('Conflict', 'You cannot take over at this moment; look at the recovery of the organization.')
  const after = await getRow(tx, petition.id)
  const told = outcome.what === 'done' ? { ...outcome, ended: [...gaveWay, ...outcome.ended] } : outcome
  await recordStep(tx, author, row, { step: stepOf(row), outcome: told })
  return after
}

function stepOf({ path, person_name: person, domain, reason }: store.PetitionRow): { type: string; message: string } {
  const words = {
    successor: 'took over as successor',
    domain: `asked to become admin by proof of the domain ${domain}`,
    operators: `asked as operator to make ${person} admin: ${reason}`,
  }
  return { type: 'org.recovery.petition', message: words[path] }
}

async function getRow(tx: Tx, id: string): Promise<store.PetitionRow> {
  const row = await store.findPetition(tx, id)
  if (row === undefined) throw new Error('the petition was just written')
  return row
}

/** Begins to make somebody admin as operator; with a second operator they approve, else it takes 72 hours' notice. */
export async function petitionAsOperator(
  db: Db,
  permit: Permit<'operator.petition'>,
  input: InputOf<Recovery['petitionAsOperator']>,
  view: PetitionView,
): Promise<ResultOf<Recovery['petitionAsOperator']>> {
  const org = permit.facts.org
  if (org === undefined || org.deletedAt !== null) throw new HubError('NotFound', 'Organization not found')
  const reason = input.reason.trim()
  const account = await findAccountNamed(db, lowerName(input.username))
  if (account === undefined) throw badField('username', 'is not the name of an active account.')
  const row = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await holdPlace(tx, org.id, account.id)
    const loss = await findOpenLoss(tx, org, account.id)
    await refuseUnfit(tx, org, account.id)
    const approvalsNeeded = (await countOperators(tx)) > 1 ? 2 : 1
    if (approvalsNeeded === 1 && account.id === permit.actor.id)
      throw new HubError('Forbidden', 'username: you cannot name yourself alone; that takes a second operator.')
    return open(tx, permit, {
      org,
      personId: account.id,
      path: 'operators',
      domain: null,
      reason,
      lostAt: loss.since,
      approvalsNeeded,
      openedBy: permit.actor,
    })
  })
  return petitionReply(db, permit.facts, row, view)
}

async function refuseUnfit(tx: Tx, org: Org, personId: string): Promise<void> {
  const person = await findPersonFacts(tx, org.id, personId, now())
  if (person === undefined || !person.is_active) throw badField('username', 'is not the name of an active account.')
  if (!person.is_verified) throw new HubError('Conflict', `username: ${person.name} has no verified address.`)
  if (!person.has_factor)
    throw new HubError('Conflict', `username: ${person.name} lacks the two-factor sign-in that ${org.name} requires.`)
  if (person.role === null && (await isKeptOut(tx, org.id, personId)))
    throw new HubError('Conflict', `username: ${person.name} was offboarded from ${org.name}, and is kept out for now.`)
}
