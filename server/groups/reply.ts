import type { AutoJoin, ResourceGroup } from '../../api/groups.ts'
import { HubError } from '../kernel/errors.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { findGroup, type GroupRow } from './store.ts'

/** A group as the API shows it. */
export function groupReply(row: GroupRow, links: Links): ResourceGroup {
  const repositories = row.repositories.map(([type, name, addedBy, isPrivate]) => ({
    type,
    name: `${row.org_name}/${name}`,
    ...(addedBy !== null && { addedBy }),
    private: isPrivate,
  }))
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    autoJoin: autoJoinOf(row),
    spendLimits: row.spend_limits,
    users: row.people.map(([_id, fullname, name, role, addedBy]) => ({
      type: 'user',
      _id,
      fullname,
      name,
      avatarUrl: avatarUrl(links, name),
      role,
      ...(addedBy !== null && { addedBy }),
    })),
    // Collections are the only other resources there could be; older clients read `repos`.
    resources: repositories,
    repos: repositories,
  }
}

/** The auto-join rule of a group as the API shows it. */
export function autoJoinOf(row: Pick<GroupRow, 'auto_join_role' | 'auto_join_scope'>): AutoJoin {
  if (row.auto_join_role === null || row.auto_join_scope === null) return { enabled: false }
  return { enabled: true, role: row.auto_join_role, scope: row.auto_join_scope }
}

/** Reads a group for the answer to a change of it. */
export async function readGroup(db: Db, id: string, links: Links): Promise<ResourceGroup> {
  const row = await findGroup(db, id)
  if (row === undefined) throw groupIsGone()
  return groupReply(row, links)
}

/** The refusal when the group was deleted while the request was on its way. */
export function groupIsGone(): HubError {
  return new HubError('NotFound', 'Resource group not found')
}
