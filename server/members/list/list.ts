import type * as api from '../../../api/index.ts'
import { EmailAddress } from '../../../api/index.ts'
import { authorize } from '../../access/authorize.ts'
import { isAdminRole, mayChangeRoles, seesRoles } from '../../access/escalation.ts'
import type { OrgFacts } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
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
  type MemberRow,
  type SharedGroup,
} from './list-store.ts'

type Input = api.InputOf<typeof api.members.listMembers>

/** One page of the members, as the caller may see them; empty where the organization hides them from the caller. */
export async function listMembers(
  db: Db,
  permit: Permit<'member.list'>,
  input: Input,
  links: Links,
): Promise<api.ResultOf<typeof api.members.listMembers>> {
  const { org } = permit
  const after = input.cursor === undefined ? '' : (decodeCursor(input.cursor, 1)[0] ?? '')
  refuseFilters(permit, input)
  const groupId = input.group === undefined ? undefined : await visibleGroup(db, permit, input.group)
  const hidden = org.hideMembers && !seesRoles(org.role)
  if (hidden) return { items: [], next: undefined }
  const search = input.search === '' ? undefined : input.search
  const rows = await findMembers(db, {
    orgId: org.id,
    after,
    limit: input.limit + 1,
    at: now(),
    search,
    role: input.role,
    groupId,
    address: input.email,
  })
  const { items, next } = pageOf(rows, input.limit, (row) => [row.membershipId])
  const [groups, addresses] = await Promise.all([groupsOf(db, permit, items), addressesOf(db, permit, items)])
  return { items: items.map((row) => memberOf(permit.org, row, { groups, addresses, links })), next }
}

function refuseFilters({ org }: Permit<'member.list'>, { email, role }: Input): void {
  if (email !== undefined && !EmailAddress.safeParse(email).success) throw badField('email', 'must be an email address')
  if (email !== undefined && !mayChangeRoles(org.role, org.memberManagement)) {
    throw new HubError('Forbidden', 'email: only who may change roles finds members by address.')
  }
  if (role !== undefined && !seesRoles(org.role))
    throw new HubError('Forbidden', 'role: only members with the role read or higher see roles.')
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
}

function memberOf(org: OrgFacts, row: MemberRow, { groups, addresses, links }: Beside): api.members.Member {
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
  return member
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
