import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Author } from '../../access/author.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { hasRejoinBlock } from '../../members/membership/rejoin-blocks.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts/accounts.ts'
import { lowerName } from '../../users/names/names.ts'
import { whyNoSuccessor } from './recovery.ts'
import { findLoss, type Loss, whyOpen } from './recovery-loss.ts'
import { countOperators, findAccountNamed, findPersonFacts } from './recovery-store.ts'
import { provableDomains } from './request-judge.ts'
import { lockPlace, recordStep, settle, tell } from './request-progress.ts'
import { type RecoveryRequestView, recoveryRequestReply } from './request-reply.ts'
import * as store from './request-store.ts'

type Recovery = typeof api.recovery
type Org = { id: string; name: string }

const mostInPeriod = 3
const periodDays = 30

/** Asks to become admin, as successor or by proof of a domain; a successor who may is admin at once. */
export async function openRecoveryRequest(
  db: Db,
  permit: Permit<'recovery.request'>,
  input: InputOf<Recovery['openRecoveryRequest']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['openRecoveryRequest']>> {
  const { org } = permit
  const personId = ownId(permit)
  const reason = input.reason?.trim() ?? ''
  if (input.path === 'domain' && input.domain === undefined) throw badField('domain', 'is required for this path.')
  const row = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await lockPlace(tx, org.id, personId)
    const loss = await findOpenLoss(tx, org, personId)
    const fresh = { org, personId, reason, lostAt: loss.since, approvalsNeeded: 0, openedBy: permit.actor }
    if (input.path === 'domain') {
      const domain = await provableDomain(tx, fresh, input.domain ?? '')
      return open(tx, permit, { ...fresh, path: 'domain', domain })
    }
    const why = await whyNoSuccessor(tx, org, personId, loss)
    if (why !== undefined) throw new HubError('Forbidden', why)
    // What else lives gives way: with an admin there is nothing left to ask for.
    const note = `${permit.actor.name} took over as a successor.`
    const gaveWay = await store.endOthers(tx, org.id, '', { state: 'withdrawn', by: 'system', note, at: now() })
    return open(tx, permit, { ...fresh, path: 'successor', domain: null, gaveWay })
  })
  return recoveryRequestReply(db, permit.facts, row, view)
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
      `An admin stopped your last recovery request. You can ask again ${periodDays} days after that.`,
    )
  if (recent.opened >= mostInPeriod)
    throw new HubError(
      'Forbidden',
      `You opened ${mostInPeriod} recovery requests here in the last ${periodDays} days. Try again later.`,
    )
  if ((await provableDomains(tx, org.id, personId, lostAt)).includes(domain)) return domain
  throw new HubError(
    'Forbidden',
    `domain: You need a verified email address in a domain that ${org.name} verified before it lost its admins and that is still verified.`,
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
  /** Recovery requests that ended for this one. */
  gaveWay?: string[]
}

async function open(tx: Tx, author: Author, opening: Opening): Promise<store.RecoveryRequestRow> {
  const { org, path, openedBy, gaveWay = [] } = opening
  const recoveryRequest = { ...opening, id: newId(), orgId: org.id, at: now() }
  if (!(await store.insertRecoveryRequest(tx, recoveryRequest)))
    throw new HubError('Conflict', 'A recovery request for this person is already open. Withdraw it first.')
  if (path === 'operators') await store.insertConfirmation(tx, recoveryRequest.id, openedBy, recoveryRequest.at)
  const row = await getRow(tx, recoveryRequest.id)
  const outcome = await settle(tx, row)
  if (outcome.what === 'unchanged') await tell(tx, row, { at: 'opening' })
  if (path === 'successor' && outcome.what !== 'done')
    throw new HubError('Conflict', 'You can’t take over right now. See the recovery page of the organization.')
  const after = await getRow(tx, recoveryRequest.id)
  const told = outcome.what === 'done' ? { ...outcome, ended: [...gaveWay, ...outcome.ended] } : outcome
  await recordStep(tx, author, row, { step: stepOf(row), outcome: told })
  return after
}

function stepOf({ path, person_name: person, domain, reason }: store.RecoveryRequestRow): {
  type: string
  message: string
} {
  const words = {
    successor: 'took over as a successor',
    domain: `asked to become an admin by proving control of the domain ${domain}`,
    operators: `asked as a site admin to make ${person} an admin: ${reason}`,
  }
  return { type: 'org.recovery.request', message: words[path] }
}

async function getRow(tx: Tx, id: string): Promise<store.RecoveryRequestRow> {
  const row = await store.findRecoveryRequest(tx, id)
  if (row === undefined) throw new Error('the recovery request was just written')
  return row
}

/** Begins to make someone admin as operator; with a second operator they approve, else it takes 72 hours' notice. */
export async function requestRecoveryAsOperator(
  db: Db,
  permit: Permit<'operator.requestRecovery'>,
  input: InputOf<Recovery['requestRecoveryAsOperator']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['requestRecoveryAsOperator']>> {
  const org = permit.facts.org
  if (org === undefined || org.deletedAt !== null) throw new HubError('NotFound', 'Organization not found')
  const reason = input.reason.trim()
  const account = await findAccountNamed(db, lowerName(input.username))
  if (account === undefined) throw badField('username', 'is not the name of an active account.')
  const row = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await lockPlace(tx, org.id, account.id)
    const loss = await findOpenLoss(tx, org, account.id)
    await refuseUnfit(tx, org, account.id)
    const approvalsNeeded = (await countOperators(tx)) > 1 ? 2 : 1
    if (approvalsNeeded === 1 && account.id === permit.actor.id)
      throw new HubError(
        'Forbidden',
        'username: You can’t make yourself an admin alone. A second site admin is required.',
      )
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
  return recoveryRequestReply(db, permit.facts, row, view)
}

async function refuseUnfit(tx: Tx, org: Org, personId: string): Promise<void> {
  const person = await findPersonFacts(tx, org.id, personId, now())
  if (person === undefined || !person.is_active) throw badField('username', 'is not the name of an active account.')
  if (!person.is_verified) throw new HubError('Conflict', `username: ${person.name} has no verified email address.`)
  if (!person.has_factor)
    throw new HubError('Conflict', `username: ${person.name} has not turned on 2FA, which ${org.name} requires.`)
  if (person.role === null && (await hasRejoinBlock(tx, org.id, personId)))
    throw new HubError('Conflict', `username: ${person.name} was offboarded from ${org.name} and has a rejoin block.`)
}
