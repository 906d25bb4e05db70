import type * as api from '../../../api/index.ts'
import { OrgRole } from '../../../api/index.ts'
import { authorize } from '../../access/authorize.ts'
import { isAdminRole, mayChangeRoles, seesRoles } from '../../access/escalation.ts'
import type { OrgFacts } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { countUsableAdmins } from '../../orgs/admins.ts'
import type { Db } from '../../store/database.ts'
import {
  countByRole,
  countWithoutTwoFactor,
  listMembers as findMembers,
  findSharedGroups,
  findVisibleAddresses,
  type MemberOrder,
  type MemberQuery,
  type MemberRow,
  type SharedGroup,
} from './list-store.ts'
import { actionsOnMembers } from './may.ts'
import { listInOrder } from './order-store.ts'

type Input = api.InputOf<typeof api.members.listMembers>

/** One page of the members, as the caller may see them; empty where the organization hides them from the caller. */
export async function listMembers(
  db: Db,
  permit: Permit<'member.list'>,
  input: Input,
  links: Links,
): Promise<api.ResultOf<typeof api.members.listMembers>> {
  const { org } = permit
  refuseFilters(permit, input)
  const { order, after } = placeOf(input)
  const groupId = input.group === undefined ? undefined : await visibleGroup(db, permit, input.group)
  const hidden = org.hideMembers && !seesRoles(org.role)
  if (hidden) return { items: [], next: undefined }
  const search = input.search === '' ? undefined : input.search
  const narrows = input.idle !== undefined || input.twoFactor !== undefined
  const isInOrder = order.by === 'joined' && !order.descending && !narrows
  const read = isInOrder || input.email !== undefined ? findMembers : listInOrder
  const rows = await read(db, {
    orgId: org.id,
    order,
    after,
    limit: input.limit + 1,
    at: now(),
    search,
    role: input.role,
    groupId,
    address: input.email,
    idle: idleOf(input.idle),
    twoFactor: input.twoFactor,
  })
  const { items, next } = pageOf(rows, input.limit, (row) => cursorOf(order, row))
  const [groups, addresses] = await Promise.all([groupsOf(db, permit, items), addressesOf(db, permit, items)])
  const details = input.details ? detailsFor(permit) : undefined
  return { items: items.map((row) => memberOf(org, row, { groups, addresses, links, details })), next }
}

function placeOf({ sort, cursor }: Input): Pick<MemberQuery, 'order' | 'after'> {
  const [by, descending] = sort.startsWith('-') ? [sort.slice(1), true] : [sort, false]
  const order = { by: by as MemberOrder['by'], descending }
  if (cursor === undefined) return { order, after: undefined }
  if (order.by === 'joined') return { order, after: { key: '', id: decodeCursor(cursor, 1)[0] ?? '' } }
  const [key = '', id = ''] = decodeCursor(cursor, 2)
  return { order, after: { key: keyIn(order, key), id } }
}

function cursorOf({ by }: MemberOrder, row: MemberRow): string[] {
  if (by === 'joined') return [row.membershipId]
  if (by === 'lastActive') return [row.lastActiveAt?.toISOString() ?? '', row.id]
  return [by === 'name' ? row.sortName : row.role, row.membershipId]
}

// A cursor of another order says so, instead of breaking the statement.
function keyIn({ by }: MemberOrder, key: string): string {
  const isSound =
    by === 'name' || (by === 'role' ? OrgRole.safeParse(key).success : key === '' || !Number.isNaN(Date.parse(key)))
  if (!isSound) throw badField('cursor', 'belongs to a list in another order. Start again without it.')
  return key
}

function idleOf(idle: api.billing.Idle | undefined): MemberQuery['idle'] {
  if (idle === undefined) return undefined
  return idle === 'never' ? 'never' : secondsFromNow(-Number(idle) * daySeconds)
}

function refuseFilters({ org }: Permit<'member.list'>, input: Input): void {
  const { email, role, idle, twoFactor, sort } = input
  if (email !== undefined && !mayChangeRoles(org.role, org.memberManagement)) {
    throw new HubError('Forbidden', 'email: Only members who can change roles can search by email address.')
  }
  const beside = (['idle', 'twoFactor'] as const).find((field) => input[field] !== undefined)
  if (email !== undefined && beside) throw badField(beside, 'can’t be combined with email.')
  if (role !== undefined && !seesRoles(org.role))
    throw new HubError('Forbidden', 'role: Only members with the read role or higher can see roles.')
  if (sort.endsWith('role') && !seesRoles(org.role))
    throw new HubError('Forbidden', 'sort: Only members with the read role or higher can see roles.')
  const field = idle !== undefined ? 'idle' : sort.endsWith('lastActive') ? 'sort' : undefined
  if (field !== undefined && !isAdminRole(org.role))
    throw new HubError('Forbidden', `${field}: Only admins can see when members were last active.`)
  if (twoFactor !== undefined && !isAdminRole(org.role))
    throw new HubError('Forbidden', 'twoFactor: Only admins can see which members have 2FA.')
}

// A group one is not in answers like one that is not there.
async function visibleGroup(db: Db, permit: Permit<'member.list'>, group: string): Promise<string> {
  return (await authorize(db, permit, 'group.view', { org: permit.org.name, group })).group.id
}

async function groupsOf(
  db: Db,
  { org, actor }: Permit<'member.list'>,
  rows: MemberRow[],
): Promise<Map<string, SharedGroup[]> | undefined> {
  if (org.role === undefined || actor === undefined) return undefined
  const ids = rows.map(({ id }) => id)
  const viewer = { id: actor.id, seesAll: isAdminRole(org.role), at: now() }
  const shared = ids.length === 0 ? [] : await findSharedGroups(db, org.id, ids, viewer)
  return Map.groupBy(shared, ({ userId }) => userId)
}

// Admins see addresses, and only where a domain of the organization is verified there can be any.
async function addressesOf(db: Db, { org }: Permit<'member.list'>, rows: MemberRow[]): Promise<Map<string, string>> {
  if (!isAdminRole(org.role) || !org.isVerified || rows.length === 0) return new Map()
  const ids = rows.map(({ id }) => id)
  return findVisibleAddresses(db, org.id, ids)
}

interface Beside {
  groups: Map<string, SharedGroup[]> | undefined
  addresses: Map<string, string>
  links: Links
  details: ((row: MemberRow) => Partial<api.members.Member>) | undefined
}

// What the caller may do with each member is worked out once for all rows, and narrowed by the role of each.
function detailsFor(permit: Permit<'member.list'>): (row: MemberRow) => Partial<api.members.Member> {
  const { org, actor } = permit
  const actions = actionsOnMembers(permit)
  return (row) => ({
    ...(seesRoles(org.role) && {
      joinedAt: row.joinedAt.toISOString(),
      source: row.source,
      expiresAt: row.expiresAt?.toISOString() ?? null,
    }),
    ...(isAdminRole(org.role) && { lastActiveAt: row.lastActiveAt?.toISOString() ?? null }),
    ...actions({ isSelf: row.id === actor?.id, role: row.role }),
  })
}

function memberOf(org: OrgFacts, row: MemberRow, { groups, addresses, links, details }: Beside): api.members.Member {
  const member: api.members.Member = {
    avatarUrl: avatarUrl(links, row.user),
    fullname: row.fullname,
    isPro: false,
    user: row.user,
    type: 'user',
    _id: row.id,
  }
  if (seesRoles(org.role)) Object.assign(member, { role: row.role, isExternalCollaborator: row.isExternal })
  if (groups)
    member.resourceGroups = (groups.get(row.id) ?? []).map(({ id, name, numUsers, role }) => ({
      id,
      name,
      numUsers,
      role,
    }))
  if (isAdminRole(org.role))
    Object.assign(member, { twoFaEnabled: row.hasTwoFactor, verifiedEmail: addresses.get(row.id) ?? null })
  return details ? { ...member, ...details(row) } : member
}

/** How many members there are, by role, and how many admins count; for admins also how many lack 2FA. */
export async function countMembers(
  db: Db,
  permit: Permit<'member.summary'>,
): Promise<api.ResultOf<typeof api.members.countMembers>> {
  const { org } = permit
  const at = now()
  const [counts, usableAdmins, withoutTwoFactor] = await Promise.all([
    countByRole(db, org.id, at),
    countUsableAdmins(db, org.id),
    isAdminRole(org.role) ? countWithoutTwoFactor(db, org.id, at) : undefined,
  ])
  const byRole = { no_access: 0, read: 0, contributor: 0, write: 0, admin: 0 }
  for (const { role, count } of counts) byRole[role] = count
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  return { total, byRole, usableAdmins, ...(withoutTwoFactor !== undefined && { withoutTwoFactor }) }
}
