import type { InputOf, RepoType, tokens } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { refusedBy } from '../store/conflict.ts'
import type { Tx } from '../store/database.ts'
import { lowerName } from '../users/names/names.ts'
import { askForApproval, reachOf } from './organizations/approval.ts'
import {
  findGroups,
  findOrgs,
  findRepos,
  type Named,
  type NewScope,
  replaceScopes,
  setReadsGated,
} from './scopes-store.ts'

type Wish = NonNullable<InputOf<typeof tokens.createToken>['fineGrained']>
type Wanted = Wish['scoped'][number]
type Entity = Wanted['entity']

/** Whose token it is. */
export interface Owner {
  id: string
  name: string
}

interface Scoped {
  id: string
  last4: string
  owner: Owner
}

/**
 * Sets what a fine-grained token can reach: things that its owner can see, each once. Names are resolved to IDs for good.
 * Organizations where that changed are asked for their approval again.
 */
export async function setScope(
  tx: Tx,
  author: Author,
  token: Scoped,
  { scoped, canReadGatedRepos }: Wish,
): Promise<void> {
  const before = await reachOf(tx, token.id)
  await keepScope(tx, token, scoped)
  await setReadsGated(tx, token.id, canReadGatedRepos)
  await askForApproval(tx, author, token, before)
}

async function keepScope(tx: Tx, { id: tokenId, owner }: Scoped, scoped: readonly Wanted[]): Promise<void> {
  const ids = await resolve(tx, owner, scoped)
  const scopes = scoped.map(({ entity, permissions }, index): NewScope => {
    const id = ids[index]
    if (id === undefined) throw badField(fieldAt(index), unseen[entity.type])
    return { on: rowOn(entity, id), permissions: [...new Set(permissions)].sort() }
  })
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (twice !== -1) throw badField(fieldAt(twice), 'is listed twice')
  try {
    await replaceScopes(tx, tokenId, scopes)
  } catch (error) {
    if (refusedBy(error)) throw new HubError('Conflict', 'Something in this scope has just been deleted. Try again.')
    throw error
  }
}

function fieldAt(index: number): string {
  return `fineGrained.scoped[${index}].entity`
}

// One answer for what is not there and what the owner cannot see.
const unseen: Record<Entity['type'], string> = {
  user: 'must be your own account',
  org: 'must be an organization that you are a member of',
  'resource-group': 'must be a resource group that you can see, as its ID or as organization/group',
  model: 'must be a model that you can see, as its ID or as owner/name',
  dataset: 'must be a dataset that you can see, as its ID or as owner/name',
  space: 'must be a space that you can see, as its ID or as owner/name',
}

function rowOn({ type }: Entity, id: string): NewScope['on'] {
  if (type === 'user') return {}
  if (type === 'org') return { org_id: id }
  return type === 'resource-group' ? { group_id: id } : { repo_id: id }
}

async function resolve(tx: Tx, owner: Owner, scoped: readonly Wanted[]): Promise<(string | undefined)[]> {
  const ids = scoped.map(({ entity }) => (entity.type === 'user' && isOwner(entity, owner) ? owner.id : undefined))
  const look = async (find: typeof findOrgs, types: readonly Entity['type'][], nameOf: (entity: Entity) => Named) => {
    const places = scoped.flatMap(({ entity }, index) => (types.includes(entity.type) ? [index] : []))
    if (places.length === 0) return
    const named = places.map((index) => nameOf((scoped[index] as Wanted).entity))
    const found = await find(tx, { userId: owner.id, named, at: now() })
    for (const [place, id] of found) ids[places[place] as number] = id
  }
  await look(findOrgs, ['org'], ({ _id: id = null, name = '' }) => ({ id, owner: '', name: lowerName(name) }))
  await look(findGroups, ['resource-group'], ({ _id: id = null, name = '' }) => ({ id, ...inNamespace(name) }))
  await look(findRepos, ['model', 'dataset', 'space'], ({ _id: id = null, name = '', type }) => {
    const { owner, name: own } = inNamespace(name)
    return { id, owner, name: lowerName(own), type: type as RepoType }
  })
  return ids
}

function isOwner({ _id: id, name }: Entity, owner: Owner): boolean {
  return (id ?? owner.id) === owner.id && lowerName(name ?? owner.name) === lowerName(owner.name)
}

function inNamespace(text: string): { owner: string; name: string } {
  const slash = text.indexOf('/')
  return { owner: lowerName(text.slice(0, Math.max(slash, 0))), name: text.slice(slash + 1) }
}
