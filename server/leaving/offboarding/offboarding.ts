import type { InputOf, leaving, ResultOf } from '../../../api/index.ts'
import { isAdminRole } from '../../access/escalation.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { queueMail } from '../../mail/queue.ts'
import { readLosses } from '../../members/membership/losses.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import { refuseNonAdmin } from '../../members/membership/membership-judge.ts'
import { type Held, lockPeople } from '../../members/membership/membership-lock.ts'
import { countUsableAdminsAfter, lastAdminSentence, lockAdmins } from '../../orgs/admins.ts'
import { giveServiceAccounts } from '../../service-accounts/holdings.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { mailAddressOf } from '../../users/addresses/mail-address.ts'
import type { HolderIn } from '../../users/holding.ts'
import { lowerName } from '../../users/names/names.ts'
import { countHoldings, endHoldings, listHoldings, lockHoldings } from '../holdings/holdings.ts'
import * as store from './ending-store.ts'
import { leftMail, takesOverMail } from './mails.ts'
import { getNeedsOwner, getRemains, isOrphaned, sumOf } from './remains.ts'
import { grantSoleRepositories } from './remains-store.ts'
import { reportReply, type Sealed, sealReport } from './report.ts'
import { findLatestReport, insertReport } from './reports-store.ts'

type OffboardPermit = Permit<'member.offboard'>
type Input = InputOf<typeof leaving.offboardMember>
type Answer = ResultOf<typeof leaving.offboardMember>

const rejoinBlockDays = 90
const nothingOrphaned: leaving.NeedsOwner = { groups: [], repositories: [], repositoryCount: 0, serviceAccounts: [] }

interface Person extends HolderIn {
  name: string
  fullname: string
}

/** What is there at the moment at which it is decided. */
interface Found {
  has: leaving.Holdings
  needsOwner: leaving.NeedsOwner
  loses: string[]
  remains: string[]
}

/**
 * Shows what a person has of the organization, or ends all of it in one transaction and answers an offboarding report. Where there
 * is nothing any more, the report of the last time is answered and nothing changes.
 */
export async function offboardMember(db: Db, permit: OffboardPermit, input: Input): Promise<Answer> {
  const { subject } = permit.facts
  if (subject === undefined) throw new HubError('NotFound', 'No account with this username.')
  const person = { orgId: permit.org.id, userId: subject.id, name: subject.name, fullname: subject.fullname }
  if (input.mode === 'plan') return plan(db, permit, person)
  refuseUnclear(permit, person, input)
  return transaction(db, (tx) => offboardNow(tx, permit, person, input))
}

async function plan(db: Db, permit: OffboardPermit, person: Person): Promise<Answer> {
  const found = await find(db, permit, person)
  if (found === undefined) return formerly(db, permit, person, 'plan')
  return { mode: 'plan', ...found, problems: await problemsOf(db, permit, person, found.has), report: null }
}

// What applying would refuse.
async function problemsOf(
  db: Db,
  { org }: OffboardPermit,
  { userId }: Person,
  { membership }: leaving.Holdings,
): Promise<Answer['problems']> {
  if (!isAdminRole(membership?.role)) return []
  const { before, after } = await countUsableAdminsAfter(db, org.id, { gained: [], lost: [userId] })
  if (before === 0 || after > 0) return []
  return [{ code: 'LastAdmin', message: lastAdminSentence() }]
}

async function find(db: Db, permit: OffboardPermit, person: Person): Promise<Found | undefined> {
  const has = await listHoldings(db, person)
  if (sumOf(countHoldings(has)) === 0) return undefined
  const needsOwner = await getNeedsOwner(db, person)
  const about = { org: permit.org.name, user: person.name, tokens: has.tokens.length }
  const loses = await lossesIn(db, permit, has)
  return { has, needsOwner, loses, remains: await getRemains(db, person, about) }
}

async function lossesIn(
  db: Db,
  { org }: OffboardPermit,
  { membership, groupRoles, collaboratorGrants, gatedAccess }: leaving.Holdings,
): Promise<string[]> {
  const asMember =
    membership === null ? [] : (await readLosses(db, org, { role: membership.role, groups: groupRoles }, null)).loses
  return [
    ...asMember,
    ...collaboratorGrants.map(({ repository, role }) => `${role} access to ${repository}`),
    ...gatedAccess.map(({ repository }) => `access to the files of ${repository}`),
  ]
}

// Nothing is left to remove: an earlier offboarding keeps its report.
async function formerly(db: Db, permit: OffboardPermit, person: Person, mode: 'plan' | 'apply'): Promise<Answer> {
  const row = await findLatestReport(db, person)
  if (row === undefined) throw new HubError('NotFound', `${person.name} has no access to ${permit.org.name}.`)
  const report = reportReply(row)
  const has = await listHoldings(db, person)
  return { mode, has, needsOwner: nothingOrphaned, loses: [], remains: report.remains, problems: [], report }
}

function refuseUnclear(permit: OffboardPermit, person: Person, input: Input): void {
  if (!input.reason?.trim()) throw badField('reason', 'is required to apply. It is part of the offboarding report.')
  if (input.successor !== undefined && input.leaveAsIs) throw badField('leaveAsIs', 'can’t be combined with successor.')
  if (input.invitations === 'reassign' && person.userId === permit.actor.id)
    throw badField('invitations', 'can’t be reassigned to you when you offboard yourself.')
}

async function offboardNow(tx: Tx, permit: OffboardPermit, person: Person, input: Input): Promise<Answer> {
  const named = input.successor === undefined ? undefined : await store.findSuccessor(tx, lowerName(input.successor))
  const held = await lockInvolved(tx, permit, person, named)
  await lockHoldings(tx, person)
  const found = await find(tx, permit, person)
  if (found === undefined) return formerly(tx, permit, person, 'apply')
  const successor = chooseSuccessor(held, person, input, named)
  if (successor === undefined && !input.leaveAsIs && isOrphaned(found.needsOwner)) throw ownerless(found.needsOwner)
  const offboarding = { person, found, input, successor, held }
  await endEverything(tx, permit, offboarding)
  const report = await writeReport(tx, permit, offboarding)
  await tellPeople(tx, permit, offboarding)
  await recordOffboarding(tx, permit, { person, report })
  return { mode: 'apply', ...found, problems: [], report }
}

// No door can let the person in, nor can anybody accept what they offered, until the transaction ends; of two offboardings
// one waits for the other.
async function lockInvolved(
  tx: Tx,
  permit: OffboardPermit,
  { orgId, userId }: Person,
  successor: store.SuccessorRow | undefined,
): Promise<Held> {
  const { actor } = permit
  const userIds = successor === undefined || successor.id === userId ? [userId] : [userId, successor.id]
  await recheck(tx, permit, { accounts: [userId], members: userIds, requirements: true })
  return lockPeople(tx, { orgId, userIds, callerId: actor.id })
}

function chooseSuccessor(
  held: Held,
  person: Person,
  { successor }: Input,
  row: store.SuccessorRow | undefined,
): store.SuccessorRow | undefined {
  if (successor === undefined) return undefined
  if (row?.id === person.userId) throw badField('successor', 'can’t be the person who is offboarded.')
  if (row === undefined || !held.members.has(row.id))
    throw badField('successor', 'is not a member of this organization.')
  return row
}

function ownerless({ groups, repositoryCount, serviceAccounts }: leaving.NeedsOwner): HubError {
  const owned = serviceAccounts.length
  const what = [
    groups.length > 0 && `${groups.length} resource ${groups.length === 1 ? 'group' : 'groups'}`,
    repositoryCount > 0 && `${repositoryCount} ${repositoryCount === 1 ? 'repository' : 'repositories'}`,
    owned > 0 && `${owned} service ${owned === 1 ? 'account' : 'accounts'}`,
  ].filter((part) => part !== false)
  return badField(
    'successor',
    `${new Intl.ListFormat('en-US').format(what)} would have no owner. Choose a successor, or set leaveAsIs.`,
  )
}

interface Offboarding {
  person: Person
  found: Found
  input: Input
  successor: store.SuccessorRow | undefined
  held: Held
}

async function endEverything(tx: Tx, permit: OffboardPermit, offboarding: Offboarding): Promise<void> {
  const { person, found, input, held } = offboarding
  // The organization is locked before repositories are
  if (isAdminRole(found.has.membership?.role)) await lockAdmins(tx, person.orgId)
  await handOver(tx, permit, offboarding)
  await endHoldings(tx, person, input.invitations === 'reassign' ? permit.actor.id : undefined)
  await endMembership(tx, permit, person, held)
}

async function endMembership(tx: Tx, by: OffboardPermit, person: Person, held: Held): Promise<void> {
  const { orgId, userId: id, name } = person
  if (!held.members.has(id) && !held.expired.has(id)) return refuseNonAdmin(held.caller.role)
  const changes = [{ kind: 'leave', person: { id, name }, which: 'either' } as const]
  await applyChanges(tx, by, { orgId, changes, by, tellsItself: true, events: null }, held)
}

// Groups first: a group admin needs no grants on what is in it.
async function handOver(tx: Tx, permit: OffboardPermit, offboarding: Offboarding): Promise<void> {
  const { person, found, successor } = offboarding
  if (successor === undefined) return
  await giveGroups(tx, permit, successor, offboarding)
  const given = { successorId: successor.id, by: permit.actor.name, at: now() }
  if (found.needsOwner.repositoryCount > 0) await grantSoleRepositories(tx, person, given)
  if (found.needsOwner.serviceAccounts.length > 0) await giveServiceAccounts(tx, person, successor.id)
}

async function giveGroups(
  tx: Tx,
  by: OffboardPermit,
  person: store.SuccessorRow,
  { found, held }: Pick<Offboarding, 'found' | 'held'>,
): Promise<void> {
  const named = found.needsOwner.groups.map((group) => {
    return { ...group, managedBy: 'manual', callerRole: null, role: 'admin' } as const
  })
  if (named.length === 0) return
  const changes = [{ kind: 'update', person, groups: { mode: 'exact', named } } as const]
  await applyChanges(tx, by, { orgId: by.org.id, changes, by, events: null }, held)
}

async function writeReport(
  tx: Tx,
  permit: OffboardPermit,
  offboarding: Offboarding,
): Promise<leaving.OffboardingReport> {
  const { person, found, input, successor } = offboarding
  const [id, at, until] = [newId(), now(), secondsFromNow(rejoinBlockDays * daySeconds)]
  const counts = countHoldings(found.has)
  const sealed: Sealed = {
    id,
    organization: permit.org.name,
    user: person.name,
    fullname: person.fullname,
    reason: input.reason?.trim().toWellFormed() ?? '',
    by: permit.actor.name,
    at: at.toISOString(),
    successor: successor?.name ?? null,
    removed: found.has,
    counts,
    loses: found.loses,
    handedOver: found.needsOwner,
    leftAsIs: successor === undefined && isOrphaned(found.needsOwner),
    invitations: input.invitations,
    remains: found.remains,
  }
  const { text, hash } = sealReport(sealed)
  const { orgId, userId } = person
  const kept = input.invitations === 'reassign' ? { invitationsSent: 0, inviteLinks: 0 } : {}
  const removed = sumOf({ ...counts, ...kept })
  await insertReport(tx, { id, orgId, userId, at, removed, report: text }, until)
  return { ...sealed, rejoinBlockedUntil: until.toISOString(), hash }
}

async function tellPeople(tx: Tx, permit: OffboardPermit, { person, found, successor }: Offboarding): Promise<void> {
  const org = permit.org.name
  const to = await mailAddressOf(tx, person.userId)
  const { membership, collaboratorGrants, gatedAccess } = found.has
  const hadAccess = membership !== null || collaboratorGrants.length > 0 || gatedAccess.length > 0
  if (to !== undefined && hadAccess && person.userId !== permit.actor.id)
    await queueMail(tx, permit, leftMail({ to, org }))
  const mailsSuccessor = successor !== undefined && successor.id !== permit.actor.id && isOrphaned(found.needsOwner)
  if (mailsSuccessor && successor.email !== null) {
    const letter = { to: successor.email, org, from: person.name, handedOver: found.needsOwner }
    await queueMail(tx, permit, takesOverMail(permit.actor.name, letter))
  }
}

async function recordOffboarding(
  tx: Tx,
  permit: OffboardPermit,
  { person, report }: { person: Person; report: leaving.OffboardingReport },
): Promise<void> {
  const { id, hash, counts, successor, leftAsIs, invitations, reason, rejoinBlockedUntil } = report
  await record(tx, permit, {
    type: 'org.offboard',
    message: `offboarded ${person.name}`,
    data: {
      user: { _id: person.userId, user: person.name },
      report: { id, hash },
      ...{ counts, successor, leftAsIs, invitations, reason, rejoinBlockedUntil },
    },
  })
}
