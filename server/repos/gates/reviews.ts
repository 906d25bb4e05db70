import type * as api from '../../../api/index.ts'
import type { gated, InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record, recordMany } from '../../audit/record.ts'
import { minuteOf, now } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import type { Links } from '../../mail/links.ts'
import { rejoinBlocksAmong, rejoinBlockWords } from '../../members/membership/rejoin-blocks.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { tellPeople } from './notices.ts'
import { notGated, requestReply, stateNow } from './reply.ts'
import * as store from './store.ts'

type Gated = typeof api.gated
type Handling = Permit<'gate.handle'>
type Found = store.FoundPerson & { user_id: string; name: string }
type Requested = Found & { request_id: string; state: store.State }

/** Lists requests in one state, the newest first. */
export async function listAccessRequests(
  db: Db,
  permit: Permit<'gate.review'>,
  input: InputOf<Gated['listAccessRequests']>,
  links: Links,
): Promise<ResultOf<Gated['listAccessRequests']>> {
  requireGate(permit)
  const { status, after, before, search } = input
  const last = input.cursor === undefined ? undefined : rowBefore(input.cursor)
  const query = { repoId: permit.repo.id, status, after, before, search, last, most: input.limit + 1 }
  const page = pageOf(await store.listRequests(db, query), input.limit, (row) => [row.at, row.id])
  return { items: page.items.map((row) => requestReply(row, links)), next: page.next }
}

function rowBefore(cursor: string): string[] {
  const keys = decodeCursor(cursor, 2)
  if (!/^\d{1,16}$/.test(keys[0] ?? '')) throw badField('cursor', 'belongs to another list. Start again without it')
  return keys
}

function requireGate({ repo }: Permit<'gate.review'> | Handling): void {
  if (repo.gate === undefined) throw notGated()
}

type HandleInput = InputOf<Gated['handleAccessRequest']>

/** Accepts or rejects one request, or takes the decision back; `404` where it is in that state already. */
export async function handleAccessRequest(
  db: Db,
  permit: Handling,
  input: HandleInput,
  links: Links,
): Promise<ResultOf<Gated['handleAccessRequest']>> {
  requireOne(input)
  const decided = decisionOf(permit, input)
  return transaction(db, async (tx) => {
    const { fresh, people } = await lockPeople(tx, permit, [input])
    const [found] = people
    if (found === undefined || !isPerson(found)) throw noAccount()
    if (!isRequest(found)) throw noRequest()
    if (stateNow(found) === input.status && !changesExpiry(found, input))
      throw new HubError('NotFound', `This request is already ${input.status}.`)
    if (input.status === 'accepted') await refuseOffboarded(tx, fresh, [found])
    await store.decideRequests(tx, [found.request_id], decided)
    await tellPeople(tx, fresh, [found], decided)
    await record(tx, fresh, eventOf(fresh, found, decided))
    return replyTo(tx, fresh, found, links)
  })
}

// Until when accepted access lasts may change; without a word about it, accepting twice is a mistake.
function changesExpiry(found: Requested, { status, expiresAt }: Pick<HandleInput, 'status' | 'expiresAt'>): boolean {
  if (status !== 'accepted' || expiresAt === undefined) return false
  return (found.expires_at?.toISOString() ?? null) !== expiresAt
}

/** Decides many requests at once: all of them, or none. */
export async function handleAccessRequests(
  db: Db,
  permit: Handling,
  input: InputOf<Gated['handleAccessRequests']>,
): Promise<ResultOf<Gated['handleAccessRequests']>> {
  for (const [index, one] of input.requests.entries()) requireOne(one, `requests[${index}]`)
  const decided = decisionOf(permit, input)
  return transaction(db, async (tx) => {
    const { fresh, people } = await lockPeople(tx, permit, input.requests)
    const results = people.map((found, index) => outcomeOf(input.requests[index] ?? {}, found))
    if (results.some(({ ok }) => !ok))
      throw new HubError('NotFound', 'Some requests were not found, so none was changed.', { body: { results } })
    const changing = people.filter(isRequest).filter((found) => stateNow(found) !== input.status)
    const unique = [...new Map(changing.map((found) => [found.request_id, found])).values()]
    if (input.status === 'accepted') await refuseOffboarded(tx, fresh, unique)
    await store.decideRequests(
      tx,
      unique.map(({ request_id }) => request_id),
      decided,
    )
    await tellPeople(tx, fresh, unique, decided)
    await recordMany(
      tx,
      fresh,
      unique.map((found) => eventOf(fresh, found, decided)),
    )
    return results
  })
}

function outcomeOf(asked: store.Asked, found: store.FoundPerson): gated.BatchOutcome {
  if (isRequest(found)) return { ...asked, ok: true }
  return { ...asked, ok: false, error: isPerson(found) ? 'request_not_found' : 'user_not_found' }
}

/** Gives a person access, with or without a request of theirs; `400` where they have it already. */
export async function grantAccess(
  db: Db,
  permit: Handling,
  input: InputOf<Gated['grantAccess']>,
  links: Links,
): Promise<ResultOf<Gated['grantAccess']>> {
  requireOne(input)
  const decided = decisionOf(permit, { ...input, status: 'accepted' })
  return transaction(db, async (tx) => {
    const { fresh, people } = await lockPeople(tx, permit, [input])
    const [found] = people
    if (found === undefined || !isPerson(found)) throw noAccount()
    if (isRequest(found) && stateNow(found) === 'accepted')
      throw new HubError('BadRequest', `${found.name} already has access to this repository.`)
    await refuseOffboarded(tx, fresh, [found])
    if (isRequest(found)) await store.decideRequests(tx, [found.request_id], decided)
    else await store.putRequest(tx, fresh.repo.id, found.user_id, grantOf(decided))
    await tellPeople(tx, fresh, [found], { ...decided, state: 'granted' })
    await record(tx, fresh, { ...eventOf(fresh, found, decided), type: 'gated.grant' })
    return replyTo(tx, fresh, found, links)
  })
}

function grantOf({ expiresAt, handledById }: store.Decided): store.WrittenRequest {
  const handled = { handledById, handledAt: now(), expiresAt }
  return { id: newId(), state: 'accepted', asked: false, answers: [], ...handled }
}

function requireOne(asked: store.Asked, field = 'user'): void {
  if ([asked.user, asked.userId, asked.requestId].filter((one) => one !== undefined).length === 1) return
  throw badField(field, 'needs exactly one of user, userId, and requestId')
}

interface Deciding {
  status: gated.RequestState
  rejectionReason?: string | undefined
  expiresAt?: string | null | undefined
}

function decisionOf({ actor }: Handling, { status, rejectionReason, expiresAt }: Deciding): store.Decided {
  if (rejectionReason !== undefined && status !== 'rejected')
    throw badField('rejectionReason', 'can only be given when rejecting')
  if (expiresAt && status !== 'accepted') throw badField('expiresAt', 'can only be given when accepting')
  if (expiresAt && new Date(expiresAt) <= now()) throw badField('expiresAt', 'must be in the future')
  const until = expiresAt ? new Date(expiresAt) : null
  return { state: status, reason: rejectionReason || null, expiresAt: until, handledById: actor.id }
}

// The accounts are locked first, as everywhere; then the repository, so that two who decide come one after the other.
async function lockPeople(
  tx: Tx,
  permit: Handling,
  asked: readonly store.Asked[],
): Promise<{ fresh: Handling; people: store.FoundPerson[] }> {
  const known = await store.findPeople(tx, permit.repo.id, asked)
  const others = known.flatMap(({ user_id }) => user_id ?? [])
  const fresh = await recheck(tx, permit, { others: [...new Set(others)] })
  requireGate(fresh)
  return { fresh, people: await store.findPeople(tx, fresh.repo.id, asked) }
}

async function refuseOffboarded(tx: Tx, { org }: Handling, people: readonly Found[]): Promise<void> {
  if (org === undefined || people.length === 0) return
  const ids = people.map(({ user_id }) => user_id)
  const blocks = await rejoinBlocksAmong(tx, org.id, ids)
  const blocked = people.find(({ user_id }) => blocks.has(user_id))
  const until = blocked && blocks.get(blocked.user_id)
  if (blocked && until) throw new HubError('Conflict', rejoinBlockWords(blocked.name, until))
}

function isPerson(found: store.FoundPerson): found is Found {
  return found.user_id !== null
}

function isRequest(found: store.FoundPerson): found is Requested {
  return isPerson(found) && found.request_id !== null
}

function noAccount(): HubError {
  return new HubError('NotFound', 'No account with this name.')
}

function noRequest(): HubError {
  return new HubError('NotFound', 'No access request of this person.')
}

function eventOf({ repo, org }: Handling, person: Found, { state, reason, expiresAt }: store.Decided) {
  const fullName = `${repo.namespace}/${repo.name}`
  const where = `the ${repo.type} ${fullName}`
  const until = expiresAt ? ` until ${minuteOf(expiresAt)}` : ''
  const messages = {
    accepted: `gave ${person.name} access to ${where}${until}`,
    rejected: `rejected the access request of ${person.name} for ${where}`,
    pending: `set the access request of ${person.name} for ${where} back to pending`,
  }
  return {
    type: { accepted: 'gated.accept', rejected: 'gated.reject', pending: 'gated.cancel' }[state],
    message: messages[state],
    data: {
      repo: { id: repo.id, type: repo.type, name: fullName },
      user: { _id: person.user_id, user: person.name },
      before: person.state === null ? null : { status: person.state },
      after: { status: state, expiresAt: expiresAt?.toISOString() ?? null, ...(reason && { reason }) },
    },
    scope: org?.id ?? 'instance',
  }
}

async function replyTo(tx: Tx, { repo }: Handling, person: Found, links: Links): Promise<gated.AccessRequest> {
  const row = await store.findRequest(tx, repo.id, person.user_id)
  if (row === undefined) throw noAccount()
  return requestReply(row, links)
}
