import type * as api from '../../../api/index.ts'
import { highestRole, isAdminRole } from '../../access/escalation.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Links } from '../../mail/links.ts'
import { avatarUrl } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { findVisibleAddresses } from './list-store.ts'
import { actionsOnMembers } from './may.ts'
import { findRecord, type RecordRow } from './record-store.ts'

type RecordPermit = Permit<'member.view'> | Permit<'member.update'>

/** One member: role, source, group roles with their sources, dates, and what the caller may do with them. */
export async function getMember(
  db: Db,
  permit: Permit<'member.view'>,
  _input: unknown,
  links: Links,
): Promise<api.ResultOf<typeof api.members.getMember>> {
  return memberRecord(db, permit, links)
}

/** The record of the member that the permit is about, as the caller may see it. */
export async function memberRecord(db: Db, permit: RecordPermit, links: Links): Promise<api.members.MemberRecord> {
  const { org, subject, actor } = permit
  const isAdmin = isAdminRole(org.role)
  const viewer = { id: actor.id, seesAll: isAdmin }
  const row = await findRecord(db, { orgId: org.id, userId: subject.id }, viewer, now())
  if (row === undefined) throw new HubError('NotFound', 'No member with this name.')
  const addresses = isAdmin ? await findVisibleAddresses(db, org.id, [subject.id]) : new Map<string, string>()
  return {
    _id: subject.id,
    user: row.user,
    fullname: row.fullname,
    avatarUrl: avatarUrl(links, row.user),
    role: row.role,
    source: row.source,
    isExternalCollaborator: row.isExternal,
    ...(isAdmin && { twoFaEnabled: row.hasTwoFactor, verifiedEmail: addresses.get(subject.id) ?? null }),
    joinedAt: row.joinedAt.toISOString(),
    lastActiveAt: row.lastActiveAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    groups: groupsOf(row),
    ...actionsOnMembers(permit)({ isSelf: actor.id === subject.id, role: row.role }),
  }
}

function groupsOf({ rows }: RecordRow): api.members.MemberRecord['groups'] {
  const ids = [...new Set(rows.map(({ id }) => id))]
  return ids.flatMap((id) => {
    const here = rows.filter((row) => row.id === id)
    const [first] = here
    const role = highestRole(here.map((row) => row.role))
    if (first === undefined || role === undefined) return []
    const sources = here.map((row) => ({
      source: row.source,
      role: row.role,
      addedBy: row.addedBy,
      since: new Date(row.addedAt).toISOString(),
    }))
    return [{ id, name: first.name, role, sources }]
  })
}
