import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { isOnProbation } from '../../access/requirements.ts'
import { HubError } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import { healthOf, listSuccessors } from '../../orgs/admins.ts'
import type { Db } from '../../store/database.ts'
import { findLoss, type Loss, whyOpen } from './recovery-loss.ts'
import { provableDomains } from './request-judge.ts'
import { type RecoveryRequestView, recoveryRequestReply } from './request-reply.ts'
import { findRecoveryRequest, listRecoveryRequests } from './request-store.ts'

type Recovery = typeof api.recovery
type Path = ResultOf<Recovery['getRecovery']>['paths'][number]
type ViewPermit = Permit<'recovery.view'>

const mostShown = 50

/** Shows whether an organization can be recovered, by which paths the caller could, and the recovery requests there were. */
export async function getRecovery(
  db: Db,
  permit: ViewPermit,
  _input: InputOf<Recovery['getRecovery']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['getRecovery']>> {
  const { org } = permit
  const loss = await findLoss(db, org.id, permit.actor.id)
  const rows = await listRecoveryRequests(db, { orgId: org.id, limit: mostShown })
  return {
    health: healthOf(loss.usableAdmins),
    usableAdmins: loss.usableAdmins,
    isOpen: loss.kind !== 'none',
    why: whyOpen(org.name, loss),
    paths: [await successorPath(db, permit, loss), await domainPath(db, permit, loss), operatorsPath(loss)],
    recoveryRequests: await Promise.all(rows.map((row) => recoveryRequestReply(db, permit.facts, row, view))),
    probation:
      isOnProbation(permit.facts) && org.probationUntil !== null ? { until: org.probationUntil.toISOString() } : null,
  }
}

/** Why someone cannot take over as successor at this moment; undefined when they can. */
export async function whyNoSuccessor(
  db: Db,
  org: { id: string; name: string },
  personId: string,
  loss: Loss,
): Promise<string | undefined> {
  if (loss.kind === 'idle')
    return 'Successors can take over only if there are no active admins, not if the admins are inactive.'
  const successors = await listSuccessors(db, org.id)
  const own = successors.find(({ id }) => id === personId)
  if (own === undefined) return `You are not a successor in ${org.name}.`
  if (!own.usable)
    return 'You can’t become an admin yet. You need a verified email address, a membership without an end date, and 2FA if the organization requires it.'
  const first = successors.find(({ usable }) => usable)
  return first?.id === personId ? undefined : `${first?.user} comes before you in the list of successors.`
}

async function successorPath(db: Db, { org, actor }: ViewPermit, loss: Loss): Promise<Path> {
  if (loss.kind === 'none') return closed('successor')
  const why = await whyNoSuccessor(db, org, actor.id, loss)
  const words = why ?? 'You are the first successor who can take over. You become an admin immediately.'
  return { path: 'successor', possible: why === undefined, why: words, domains: [] }
}

async function domainPath(db: Db, { org, actor }: ViewPermit, loss: Loss): Promise<Path> {
  if (loss.kind === 'none') return closed('domain')
  const domains = await provableDomains(db, org.id, actor.id, loss.since)
  const possible = domains.length > 0 && org.role !== undefined
  const why = possible
    ? 'Publish a DNS record for the domain, and ask members with the write role to confirm. Then a waiting period starts, in which any admin can stop the request.'
    : `You need a verified email address in a domain that ${org.name} verified before it lost its admins and that is still verified.`
  return { path: 'domain', possible, why, domains }
}

function operatorsPath({ kind }: Loss): Path {
  if (kind === 'none') return closed('operators')
  const why = 'Two site admins of this instance can make a person an admin and must give a reason. Ask one of them.'
  return { path: 'operators', possible: true, why, domains: [] }
}

function closed(path: Path['path']): Path {
  return { path, possible: false, why: 'The organization has an active admin.', domains: [] }
}

/** Shows one recovery request. */
export async function getRecoveryRequest(
  db: Db,
  permit: Permit<'recovery.viewRequest'>,
  { id }: InputOf<Recovery['getRecoveryRequest']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['getRecoveryRequest']>> {
  const row = await findRecoveryRequest(db, id, permit.org.id)
  if (row === undefined) throw noRecoveryRequest()
  return recoveryRequestReply(db, permit.facts, row, view)
}

/** Lists the recovery requests of every organization, the latest first, for operators. */
export async function listRecoveries(
  db: Db,
  permit: Permit<'operator.listRecoveries'>,
  { cursor, limit }: InputOf<Recovery['listRecoveries']>,
  view: RecoveryRequestView,
): Promise<ResultOf<Recovery['listRecoveries']>> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const page = pageOf(await listRecoveryRequests(db, { before, limit: limit + 1 }), limit, ({ id }) => [id])
  const items = []
  for (const row of page.items) items.push(await recoveryRequestReply(db, permit.facts, row, view))
  return { items, next: page.next }
}

/** The refusal where there is no such recovery request. */
export function noRecoveryRequest(): HubError {
  return new HubError('NotFound', 'No recovery request with this ID.')
}
