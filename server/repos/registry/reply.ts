import type { Repository } from '../../../api/repos.ts'
import { badField } from '../../kernel/errors.ts'
import type { ListedRepo } from './lists-store.ts'

/** A repository, with its card where it was asked for. */
type ShownRepo = Omit<ListedRepo, 'changed_at' | 'card'> & { card?: Record<string, unknown> | null }

/** A repository as the API shows it; its group only to those who see that. */
export function repositoryReply(row: ShownRepo): Repository {
  const group = row.group_id === null || row.group_name === null ? null : { id: row.group_id, name: row.group_name }
  return {
    _id: row.id,
    id: `${row.namespace}/${row.name}`,
    author: row.namespace,
    type: row.type,
    private: row.private,
    gated: row.gate ?? false,
    disabled: false,
    createdAt: row.created_at.toISOString(),
    lastModified: row.updated_at.toISOString(),
    downloads: 0,
    likes: 0,
    tags: row.tags,
    sha: row.head,
    ...(row.type === 'model' && { modelId: `${row.namespace}/${row.name}` }),
    ...(row.library_name && { library_name: row.library_name }),
    ...(row.pipeline_tag && { pipeline_tag: row.pipeline_tag }),
    ...(row.sdk && { sdk: row.sdk }),
    ...(row.card && { cardData: row.card }),
    createdBy: row.created_by,
    usedStorage: Number(row.used_bytes),
    ...((row.sees_group || group === null) && { resourceGroup: group }),
  }
}

const always = ['_id', 'id'] as const

/** Only the fields that were asked for, besides the ids; throws `400` for one that is none. */
export function onlyFields(repository: Repository, expand: readonly string[]): Partial<Repository> {
  const unknown = expand.find((field) => !expandable.has(field))
  if (unknown !== undefined) throw badField('expand', `has the unknown field ${unknown.slice(0, 100)}`)
  const kept = new Set<string>([...always, ...expand])
  return Object.fromEntries(Object.entries(repository).filter(([field]) => kept.has(field)))
}

// Those that the clients know and this hub has nothing to tell about are left out of the reply.
const expandable = new Set([
  ...['author', 'cardData', 'createdAt', 'disabled', 'downloads', 'gated', 'lastModified', 'library_name', 'likes'],
  ...['modelId', 'pipeline_tag', 'private', 'resourceGroup', 'sdk', 'sha', 'siblings', 'tags', 'usedStorage', 'type'],
  ...['createdBy', 'may', 'baseModels', 'childrenModelCount', 'citation', 'config', 'description', 'downloadsAllTime'],
  ...['evalResults', 'gguf', 'inference', 'inferenceProviderMapping', 'mask_token', 'model-index', 'paperswithcode_id'],
  ...['runtime', 'safetensors', 'spaces', 'subdomain', 'datasets', 'models', 'transformersInfo', 'trendingScore'],
  ...['widgetData', 'xetEnabled', 'mainSize', 'visibility'],
])
