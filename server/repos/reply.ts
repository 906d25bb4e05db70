import type { Repository } from '../../api/repos.ts'
import type { ListedRepo } from './lists-store.ts'

/** A repository as the API shows it; its group only to those who see that. */
export function repositoryReply(row: ListedRepo): Repository {
  const group = row.group_id === null || row.group_name === null ? null : { id: row.group_id, name: row.group_name }
  return {
    _id: row.id,
    id: `${row.namespace}/${row.name}`,
    author: row.namespace,
    type: row.type,
    private: row.private,
    gated: false,
    disabled: false,
    createdAt: row.created_at.toISOString(),
    lastModified: row.updated_at.toISOString(),
    downloads: 0,
    likes: 0,
    tags: [],
    createdBy: row.created_by,
    ...((row.sees_group || group === null) && { resourceGroup: group }),
  }
}
