import type { TokenPermission, tokens } from '../../../../api/index.ts'

/** One thing that a fine-grained token can reach, as the form holds it. */
export interface Entry {
  type: tokens.ScopeType
  /** What the person reads: `acme/encoder`. */
  name: string
  /** Missing where it was found by name. */
  _id?: string | undefined
  permissions: TokenPermission[]
}

/** What one thing in a scope is called. */
export const typeWords: Record<tokens.ScopeType, string> = {
  user: 'Your account',
  org: 'Organization',
  'resource-group': 'Resource group',
  model: 'Model',
  dataset: 'Dataset',
  space: 'Space',
}

const inAll: Record<TokenPermission, string> = {
  'repo.content.read': 'Read repositories',
  'repo.write': 'Write to repositories, and create, change, and delete them',
  'org.read': 'Read members, settings, and the audit log',
  'org.write': 'Manage members and settings',
  'resourceGroup.write': 'Manage resource groups',
}
const inOne: Partial<Record<TokenPermission, string>> = {
  'repo.content.read': 'Read',
  'repo.write': 'Write, change settings, and delete',
}

/** What a permission on one thing lets a token do. */
export function permissionWords(type: tokens.ScopeType, permission: TokenPermission): string {
  if (type === 'resource-group' && permission === 'resourceGroup.write') return 'Manage the group and its people'
  const isRepository = type === 'model' || type === 'dataset' || type === 'space'
  return (isRepository && inOne[permission]) || inAll[permission]
}

/** A thing that was just added: it can be read until more is chosen. */
export function newEntry(type: tokens.ScopeType, name: string, _id?: string): Entry {
  return { type, name, _id, permissions: ['repo.content.read'] }
}

/** The scope of a token as its form begins; things that its owner can no longer see are left out. */
export function entriesOf(scope: tokens.FineGrained | undefined): Entry[] {
  const all = scope?.scoped ?? []
  return all.flatMap(({ entity: { type, name, _id }, permissions }) =>
    name === undefined ? [] : [{ type, name, _id, permissions: [...permissions] }],
  )
}

/** The same for the request. */
export function scopeOf(entries: readonly Entry[], canReadGatedRepos = false) {
  return {
    canReadGatedRepos,
    scoped: entries.map(({ type, name, _id, permissions }) => ({
      entity: { type, ...(_id === undefined ? { name } : { _id }) },
      permissions,
    })),
  }
}

const namedAtMost = 3

function listed(names: readonly string[]): string {
  const more = names.length - namedAtMost
  const shown = more > 0 ? [...names.slice(0, namedAtMost), `${more} more`] : names
  return new Intl.ListFormat('en').format(shown)
}

function placeOf({ type, name }: Entry): string {
  if (type === 'user') return 'your own repositories'
  if (type === 'org') return `all repositories of ${name}`
  return type === 'resource-group' ? `the repositories in ${name}` : name
}

type Part = [
  words: string,
  has: (permissions: readonly TokenPermission[], entry: Entry) => boolean,
  of: (entry: Entry) => string,
]

const parts: Part[] = [
  ['read', (each) => each.includes('repo.content.read') && !each.includes('repo.write'), placeOf],
  ['write to', (each) => each.includes('repo.write'), placeOf],
  [
    'read members and settings of',
    (each) => each.includes('org.read') && !each.includes('org.write'),
    ({ name }) => name,
  ],
  ['manage members and settings of', (each) => each.includes('org.write'), ({ name }) => name],
  [
    'manage resource groups of',
    (each, { type }) => type === 'org' && each.includes('resourceGroup.write'),
    ({ name }) => name,
  ],
  ['manage the group', (each, { type }) => type !== 'org' && each.includes('resourceGroup.write'), ({ name }) => name],
]

/** One sentence on what a token with this scope can do. */
export function summaryOf(
  entries: readonly Entry[],
  {
    ending = ', within your own access',
    readsGated = false,
  }: { ending?: string; readsGated?: boolean | undefined } = {},
): string {
  const named = parts.flatMap(([words, has, of]) => {
    const names = entries.filter((entry) => has(entry.permissions, entry)).map(of)
    return names.length === 0 ? [] : [`${words} ${listed(names)}`]
  })
  const said = readsGated ? [...named, 'read public gated repositories that you have access to'] : named
  if (said.length === 0) return 'Can read public repositories only.'
  return `Can ${new Intl.ListFormat('en').format(said)}${ending}.`
}

/** A token of the list, in the words for its kind. */
export function roleWords({ role }: { role: tokens.TokenRole }): string {
  return role === 'fineGrained' ? 'fine-grained' : role
}
