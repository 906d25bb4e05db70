import type { SpendLimits } from '../../api/groups.ts'
import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import { allowedActions } from '../access/authorize.ts'
import type { Facts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import { policy } from '../access/policy.ts'
import { recheck } from '../access/recheck.ts'
import { managesEveryGroup } from '../access/requirements.ts'
import { record } from '../audit/record.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { isId, newId } from '../kernel/ids.ts'
import type { Links } from '../mail/links.ts'
import { refusedBy } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { joinAutomatically } from './auto-join.ts'
import { lockDoors } from './auto-join-store.ts'
import { addPeople, lockWanted, type WantedPerson } from './people.ts'
import { autoJoinOf, groupIsGone, groupReply, readGroup } from './reply.ts'
import { addRepos } from './repositories.ts'
import {
  deleteGroupRow,
  findBecomingVisible,
  insertGroup,
  listGroupRows,
  listSummaryRows,
  lockGroup,
  type SummaryRow,
  updateGroupRow,
} from './store.ts'

type Groups = typeof api.groups
const mostNamedRepos = 100

/** Lists the groups of the caller; all of them for admins. */
export async function listGroups(
  db: Db,
  permit: Permit<'group.list'>,
  _input: InputOf<Groups['listGroups']>,
  links: Links,
): Promise<ResultOf<Groups['listGroups']>> {
  const rows = await listGroupRows(db, permit.org.id, whoseGroups(permit))
  return rows.map((row) => groupReply(row, links))
}

/** Lists the same groups with counts. */
export async function listGroupSummaries(
  db: Db,
  permit: Permit<'group.list'>,
  _input: InputOf<Groups['listGroupSummaries']>,
): Promise<ResultOf<Groups['listGroupSummaries']>> {
  const rows = await listSummaryRows(db, permit.org.id, whoseGroups(permit))
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    autoJoin: autoJoinOf(row),
    numUsers: row.num_users,
    numRepos: row.num_repos,
    storage: Number(row.storage),
    role: row.role,
    managedBy: row.managed_by,
    may: actionsOnGroup(permit.facts, row),
  }))
}

function actionsOnGroup(facts: Facts, { id, name, managed_by: managedBy, role }: SummaryRow): string[] {
  const grants = role === null ? [] : [{ role }]
  const group = { id, name, managedBy, grants, role: role ?? undefined }
  return allowedActions({ ...facts, group }, 'group.').filter((action) => policy[action].on === 'group')
}

function whoseGroups(permit: Permit<'group.list'>): { userId: string; all: boolean } {
  return { userId: permit.actor.id, all: managesEveryGroup(permit.facts) }
}

/** Shows a group, in one statement after the decision. */
export async function getGroup(
  db: Db,
  permit: Permit<'group.view'>,
  _input: InputOf<Groups['getGroup']>,
  links: Links,
): Promise<ResultOf<Groups['getGroup']>> {
  return readGroup(db, permit.group.id, links)
}

/** Creates a group with its first people and repositories. In the web page the maker becomes admin of it. */
export async function createGroup(
  db: Db,
  permit: Permit<'group.create'>,
  input: InputOf<Groups['createGroup']>,
  links: Links,
): Promise<ResultOf<Groups['createGroup']>> {
  refuseReservedName(input.name)
  const people = withMaker(permit, input.users)
  refuseWithoutAdmin(permit, people)
  if (input.repos.length > 0 && !managesEveryGroup(permit.facts)) {
    throw new HubError('Forbidden', 'repos: Only admins of the organization can add repositories to resource groups.')
  }
  const group = {
    id: newId(),
    orgId: permit.org.id,
    name: input.name,
    description: input.description ?? null,
    createdBy: permit.actor.id,
  }
  return transaction(db, async (tx) => {
    const wanted = await lockWanted(tx, permit, people)
    if (input.autoJoin?.enabled) await lockDoors(tx, group.orgId)
    await uniqueName(group.name, insertGroup(tx, group))
    const added = await addPeople(tx, permit, { ...group, index: 0, managedBy: 'manual', callerRole: null }, wanted)
    const repos = await addRepos(tx, permit.facts, group, input.repos)
    const autoJoin = input.autoJoin?.enabled ? await joinAutomatically(tx, permit, group, input.autoJoin) : undefined
    const reply = await readGroup(tx, group.id, links)
    const data = { group: { id: group.id, name: group.name }, users: added, repos, ...(autoJoin && { autoJoin }) }
    await record(tx, permit, {
      type: 'resource_group.create',
      message: `created the resource group ${group.name}`,
      data,
    })
    return reply
  })
}

function refuseReservedName(name: string): void {
  if (isId(name)) throw badField('name', 'must not be 24 hexadecimal digits, which look like an ID')
  // RFC 3986 §5.2.4: as a part of a path these two mean another place, also where they come percent-encoded
  if (/^\.{1,2}$/.test(name.normalize('NFKC').trim())) throw badField('name', 'must not be “.” or “..”')
}

function withMaker(permit: Permit<'group.create'>, users: WantedPerson[]): WantedPerson[] {
  const maker = permit.actor.name
  const isNamed = users.some(({ user }) => user.toLowerCase() === maker.toLowerCase())
  return permit.actor.via === 'session' && !isNamed ? [...users, { user: maker, role: 'admin' }] : users
}

function refuseWithoutAdmin(permit: Permit<'group.create'>, users: WantedPerson[]): void {
  if (managesEveryGroup(permit.facts) || users.some(({ role }) => role === 'admin')) return
  throw badField('users', 'must include at least one admin, because you are not an admin of the organization')
}

async function uniqueName(name: string, write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (refusedBy(error) !== 'resource_groups_name') throw error
    throw new HubError('Conflict', `name: The organization already has a resource group named “${name}”.`)
  }
}

/** Changes name, description and spend limits; a request that changes nothing records nothing. */
export async function updateGroup(
  db: Db,
  permit: Permit<'group.update'>,
  input: InputOf<Groups['updateGroup']>,
  links: Links,
): Promise<ResultOf<Groups['updateGroup']>> {
  if (input.name !== undefined) refuseReservedName(input.name)
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockGroup(tx, permit.group.id)
    if (row === undefined) throw groupIsGone()
    const before = { name: row.name, description: row.description, spendLimits: row.spend_limits as SpendLimits }
    const after = {
      name: input.name ?? before.name,
      description: input.description ?? before.description,
      spendLimits: mergeLimits(before.spendLimits, input.spendLimits),
    }
    if (sameGroup(before, after)) return readGroup(tx, row.id, links)
    await uniqueName(after.name, updateGroupRow(tx, row.id, after))
    const reply = await readGroup(tx, row.id, links)
    await recordSettings(tx, permit, { id: row.id, name: before.name }, { before, after })
    return reply
  })
}

type LimitsChange = InputOf<Groups['updateGroup']>['spendLimits']

function mergeLimits(before: SpendLimits, change: LimitsChange): SpendLimits {
  const merged = Object.entries({ ...before, ...change }).filter(([, limit]) => limit !== null && limit !== undefined)
  return Object.fromEntries(merged.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function sameGroup(
  before: { name: string; description: string | null; spendLimits: SpendLimits },
  after: typeof before,
): boolean {
  const text = (group: typeof before) =>
    JSON.stringify([group.name, group.description, mergeLimits(group.spendLimits, {})])
  return text(before) === text(after)
}

async function recordSettings(
  tx: Tx,
  author: Author,
  group: { id: string; name: string },
  change: { before: unknown; after: unknown },
): Promise<void> {
  await record(tx, author, {
    type: 'resource_group.settings',
    message: `changed the resource group ${group.name}`,
    data: { group, ...change },
  })
}

/** Deletes a group; its repositories become ordinary ones of the organization. */
export async function deleteGroup(
  db: Db,
  permit: Permit<'group.delete'>,
  input: InputOf<Groups['deleteGroup']>,
  links: Links,
): Promise<ResultOf<Groups['deleteGroup']>> {
  return transaction(
    db,
    async (tx) => {
      await recheck(tx, permit)
      const row = await lockGroup(tx, permit.group.id)
      if (row === undefined) throw groupIsGone()
      const becomesVisible = await findBecomingVisible(tx, { id: row.id, orgId: row.org_id }, mostNamedRepos)
      if (input.dryRun) return { success: true, becomesVisible }
      const { users, repos } = await readGroup(tx, row.id, links)
      await deleteGroupRow(tx, row.id)
      const data = {
        group: { id: row.id, name: row.name },
        users: users.map(({ name, role }) => ({ user: name, role })),
        repos: repos.map(({ type, name }) => ({ type, name })),
        becomesVisible: { repositories: becomesVisible.repositoryCount, people: becomesVisible.people },
      }
      await record(tx, permit, {
        type: 'resource_group.delete',
        message: `deleted the resource group ${row.name}`,
        data,
      })
      return { success: true }
    },
    { dryRun: input.dryRun },
  )
}
