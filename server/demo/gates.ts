import { dayOf, daySeconds, minuteOf, secondsFromNow } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { requestMail } from '../repos/gates/mails.ts'
import type { Tx } from '../store/database.ts'
import { gate } from './gate-world.ts'
import { gateRepository, insertGateRequest } from './gates-store.ts'
import { daysAgo, type PastEvent } from './history.ts'
import { writeLetter } from './letters.ts'
import { demoAddress, demoName, meridian } from './world.ts'

type Ids = ReadonlyMap<string, string>
type Named = { id: string; type: 'dataset'; name: string }

/** Gates a repository of the main organization, with requests in every state and a grant; answers the events of that. */
export async function addGate(tx: Tx, orgId: string, people: Ids): Promise<PastEvent[]> {
  const repo: Named = { id: await gateRepository(tx, orgId, gate.repo), type: 'dataset', name: nameOfGated }
  const asked: PastEvent[] = []
  for (const [nth, request] of gate.requests.entries())
    asked.push(...(await ask(tx, { orgId, repo, people }, request, nth)))
  return [gated(repo), ...asked, await grant(tx, { repo, people })]
}

const nameOfGated = `${meridian.name}/${gate.repo}`
const where = `the dataset ${nameOfGated}`

function gated(repo: Named): PastEvent {
  return {
    ...{ at: daysAgo(gate.ago, 2), type: 'repo.update_settings', author: demoName(gate.by) },
    message: `turned on manual access requests for ${where}`,
    data: { repo, before: { gated: false }, after: { gated: 'manual' } },
  }
}

interface World {
  orgId: string
  repo: Named
  people: Ids
}

async function ask(
  tx: Tx,
  { orgId, repo, people }: World,
  request: (typeof gate.requests)[number],
  nth: number,
): Promise<PastEvent[]> {
  const { fullname, ago, decision } = request
  const [user, at] = [demoName(fullname), daysAgo(ago, nth)]
  const userId = people.get(user) ?? ''
  const decided = decision && decisionOf(decision, nth)
  const author = demoName(decision?.by ?? gate.by)
  await insertGateRequest(tx, {
    ...{ id: newId(), repoId: repo.id, userId, at, asked: true, answers: answersOf(request) },
    ...{ state: decision?.state ?? 'pending', handledById: decision ? (people.get(author) ?? null) : null },
    ...{ handledAt: decided?.at ?? null, reason: decision?.reason ?? null, expiresAt: decided?.expiresAt ?? null },
  })
  for (const admin of gate.told)
    await writeLetter(tx, orgId, requestMail(demoAddress(admin), { type: repo.type, name: repo.name }, user), { at })
  const event: PastEvent = {
    ...{ at, type: 'gated.request', author: user },
    message: `requested access to ${where}`,
    data: { repo, status: 'pending' },
  }
  if (decision === undefined || decided === undefined) return [event]
  const person = { _id: userId, user }
  return [event, decisionEvent({ repo, person, author, decision, ...decided })]
}

function decisionOf({ ago, days }: { ago: number; days?: number }, nth: number) {
  return { at: daysAgo(ago, nth), expiresAt: days === undefined ? null : secondsFromNow(days * daySeconds) }
}

interface Decided {
  repo: Named
  person: { _id: string; user: string }
  author: string
  decision: { state: 'accepted' | 'rejected'; reason?: string }
  at: Date
  expiresAt: Date | null
}

function decisionEvent({ repo, person, author, decision: { state, reason }, at, expiresAt }: Decided): PastEvent {
  const until = expiresAt ? ` until ${minuteOf(expiresAt)}` : ''
  return {
    ...{ at, type: state === 'accepted' ? 'gated.accept' : 'gated.reject', author },
    message:
      state === 'accepted'
        ? `gave ${person.user} access to ${where}${until}`
        : `rejected the access request of ${person.user} for ${where}`,
    data: {
      ...{ repo, user: person, before: { status: 'pending' } },
      after: { status: state, expiresAt: expiresAt?.toISOString() ?? null, ...(reason && { reason }) },
    },
  }
}

function answersOf({ organization, country, startsIn, purpose }: (typeof gate.requests)[number]) {
  return [
    { name: 'Organization', type: 'text', answer: organization },
    { name: 'Country', type: 'country', answer: country },
    { name: 'Start of the project', type: 'date_picker', answer: dayOf(secondsFromNow(startsIn * daySeconds)) },
    { name: 'Purpose', type: 'select', answer: purpose },
    { name: 'Location', type: 'ip_location', answer: country },
    { name: 'I agree to the terms above', type: 'checkbox', answer: 'true' },
  ]
}

async function grant(tx: Tx, { repo, people }: Pick<World, 'repo' | 'people'>): Promise<PastEvent> {
  const { fullname, by, ago, days } = gate.grant
  const [user, author, at] = [demoName(fullname), demoName(by), daysAgo(ago)]
  const userId = people.get(user) ?? ''
  const expiresAt = secondsFromNow(days * daySeconds)
  await insertGateRequest(tx, {
    ...{ id: newId(), repoId: repo.id, userId, at, asked: false, answers: [], state: 'accepted' },
    ...{ handledById: people.get(author) ?? null, handledAt: at, reason: null, expiresAt },
  })
  return {
    ...{ at, type: 'gated.grant', author },
    message: `gave ${user} access to ${where} until ${minuteOf(expiresAt)}`,
    data: {
      ...{ repo, user: { _id: userId, user }, before: null },
      after: { status: 'accepted', expiresAt: expiresAt.toISOString() },
    },
  }
}
