import type * as api from '../../api/index.ts'
import type { GroupRole, InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { resolveGroups } from '../members/membership/groups-named.ts'
import type { UpdateStep } from '../members/membership/membership-steps.ts'
import { ChangedMeanwhile } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { findGroup, type GroupRow, listMembersOf, lockGroup, type Member } from './groups-store.ts'
import * as store from './links-store.ts'
import { giveRoles, holdPeople } from './roles.ts'

type LinkPermit = Permit<'scim.link'>
type Input = InputOf<typeof api.scimSettings.setScimGroupLinks>
type Result = ResultOf<typeof api.scimSettings.setScimGroupLinks>

/**
 * Links a SCIM group to resource groups, in place of its links until now. Its people get the roles at once; of several
 * SCIM groups the highest role counts. Refused for resource groups with people who were added by hand, or with auto-join.
 */
export async function setScimGroupLinks(db: Db, permit: LinkPermit, input: Input): Promise<Result> {
  return transaction(db, (tx) => link(tx, permit, input), { dryRun: input.dryRun })
}

async function link(tx: Tx, permit: LinkPermit, { groupId, links }: Input): Promise<Result> {
  const orgId = permit.org.id
  const people = await listMembersOf(tx, [groupId])
  const userIds = people.map(({ userId }) => userId)
  await recheck(tx, permit, { members: userIds })
  const group = await lockWith(tx, orgId, groupId, people)
  await store.lockDoors(tx, orgId)
  const targets = await targetsOf(tx, permit, links)
  const before = await store.listLinks(tx, group.id)
  const held = await holdPeople(tx, orgId, people)
  await store.replaceLinks(tx, { id: group.id, orgId }, targets, now())
  const steps = await giveRoles(tx, permit, people, held)
  const after = await store.listLinks(tx, group.id)
  const counts = countsOf(steps)
  if (JSON.stringify(before) !== JSON.stringify(after)) await recordLinks(tx, permit, group, { before, after, counts })
  const reply = { id: group.id, displayName: group.display_name, members: people.length, links: after }
  return { group: reply, ...counts }
}

async function lockWith(tx: Tx, orgId: string, id: string, people: readonly Member[]): Promise<GroupRow> {
  const group = await findGroup(tx, orgId, id, { withMembers: false })
  if (group === undefined || !(await lockGroup(tx, id, 'update')))
    throw new HubError('NotFound', 'No SCIM group with this ID.')
  const present = await listMembersOf(tx, [id])
  const isSame = present.length === people.length && present.every((member, at) => member.id === people[at]?.id)
  if (!isSame) throw new ChangedMeanwhile()
  return group
}

async function targetsOf(
  tx: Tx,
  permit: LinkPermit,
  links: Input['links'],
): Promise<{ id: string; role: GroupRole }[]> {
  const entries = links.map(({ resourceGroup, role }) => ({ id: resourceGroup, role }))
  const named = await resolveGroups(tx, permit.org.id, permit.actor.id, { field: 'links', entries })
  const targets = await store.lockTargets(
    tx,
    named.map(({ id }) => id),
  )
  for (const target of targets) refuseUnfit(target)
  return named.flatMap(({ id, role }) => (role === null ? [] : [{ id, role }]))
}

function refuseUnfit({ name, isLinked, hasAutoJoin, hasPeople }: store.LinkTarget): void {
  if (isLinked) return
  if (hasAutoJoin)
    throw new HubError('Conflict', `The resource group ${name} has auto-join. Turn it off before you link it.`)
  if (hasPeople)
    throw new HubError(
      'Conflict',
      `The resource group ${name} has people who were added manually. Remove them before you link it.`,
    )
}

function countsOf(steps: readonly UpdateStep[]): { gains: number; loses: number; changes: number } {
  const had = (step: UpdateStep, id: string) => step.member.rows.some((row) => row.id === id && row.source === 'scim')
  const gains = steps.filter((step) => step.groups.put.some(({ id }) => !had(step, id))).length
  const changes = steps.filter((step) => step.groups.put.some(({ id }) => had(step, id))).length
  return { gains, changes, loses: steps.filter(({ groups }) => groups.removed.length > 0).length }
}

async function recordLinks(
  tx: Tx,
  permit: LinkPermit,
  group: GroupRow,
  { before, after, counts }: { before: unknown; after: readonly store.LinkRow[]; counts: object },
): Promise<void> {
  const names = after.map(({ name, role }) => `${name} (${role})`).join(', ')
  const message =
    after.length === 0
      ? `unlinked the SCIM group ${group.display_name} from all resource groups`
      : `linked the SCIM group ${group.display_name} to ${names}`
  const data = { group: { id: group.id, displayName: group.display_name }, before, after, ...counts }
  await record(tx, permit, { type: 'scim.group.link', message, data })
}
