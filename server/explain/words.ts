import type * as api from '../../api/index.ts'
import type { Facts } from '../access/facts.ts'
import type { Ground as Given } from '../access/requirements.ts'

type Ground = api.access.Ground

const sourceWords: Record<NonNullable<Given['source']>, string> = {
  manual: 'added manually',
  invitation: 'by invitation',
  domain: 'by email domain',
  request: 'by request',
  sso: 'by single sign-on',
  scim: 'by SCIM',
  recovery: 'by recovery',
  auto_join: 'by auto-join',
}

/** A ground as the API tells it: with a sentence, and the page on which it can be changed. */
export function groundReply(ground: Given, facts: Facts, groupNames: ReadonlyMap<string, string>): Ground {
  const { kind, id, role, source, since, grantedBy, until } = ground
  return {
    kind,
    id,
    ...(role !== undefined && { role }),
    ...(source !== undefined && { source }),
    ...(since !== undefined && { since: since.toISOString() }),
    ...(grantedBy !== undefined && { grantedBy }),
    ...(until !== undefined && { until: until?.toISOString() ?? null }),
    sentence: `${sentences[kind](ground, names(facts, groupNames))}${howWords(ground)}.`,
    link: linkOf(ground, facts),
  }
}

interface Names {
  org: string
  repo: string
  group: (id: string | null) => string
}

function names({ org, repo }: Facts, groupNames: ReadonlyMap<string, string>): Names {
  return {
    org: org?.name ?? '',
    repo: repo === undefined ? '' : `${repo.namespace}/${repo.name}`,
    group: (id) => (id === null ? undefined : groupNames.get(id)) ?? 'a resource group',
  }
}

const sentences: Record<Given['kind'], (ground: Given, names: Names) => string> = {
  anyone: () => 'Open to everyone',
  account: () => 'Any signed-in account',
  operator: () => 'Site admin of this instance',
  console: () => 'The command line on the server',
  membership: ({ role }, { org }) => `Member of ${org} with the ${role} role`,
  group_role: ({ role, id }, { group }) => `The ${role} role in the resource group ${group(id)}`,
  collaborator: ({ role }, { repo }) => `Collaborator on ${repo} with ${role} access`,
  ownership: (_ground, { repo }) => `Owner of ${repo}`,
  public: (_ground, { repo }) => `${repo} is public`,
  gate: ({ organization }, { repo }) =>
    organization === undefined
      ? `Access to the gated files of ${repo}`
      : `Access to the gated files of ${repo} for members of ${organization}`,
  provisioning: (_ground, { org }) => `A SCIM token of ${org}`,
}

function howWords({ source, grantedBy }: Given): string {
  const words = [source && sourceWords[source], grantedBy && `by ${grantedBy}`].filter(Boolean)
  return words.length === 0 ? '' : `, ${words.join(', ')}`
}

function linkOf({ kind, id }: Given, { org, repo, actor }: Facts): string | null {
  switch (kind) {
    case 'membership':
      return org && actor ? `/organizations/${org.name}/settings/members?member=${actor.name}` : null
    case 'group_role':
      return org && id ? `/organizations/${org.name}/settings/resource-groups/${id}` : null
    case 'collaborator':
    case 'ownership':
    case 'public':
    case 'gate':
      return repo ? `${prefixes[repo.type]}/${repo.namespace}/${repo.name}/settings` : null
    default:
      return null
  }
}

const prefixes = { model: '', dataset: '/datasets', space: '/spaces' } as const

/** What would end an access that is allowed: everything that gives it has to go. */
export function endingChanges(
  grounds: readonly Given[],
  facts: Facts,
  groupNames: ReadonlyMap<string, string>,
): string[] {
  const who = facts.actor?.name ?? 'this person'
  const { org, repo, group } = names(facts, groupNames)
  return grounds.flatMap(({ kind, id, organization }) => {
    if (kind === 'membership') return [`Lower the role of ${who} in ${org}, or remove ${who} from it.`]
    if (kind === 'group_role')
      return [`Lower the role of ${who} in the resource group ${group(id)}, or remove ${who} from it.`]
    if (kind === 'collaborator') return [`Remove ${who} as a collaborator on ${repo}.`]
    if (kind === 'public') return [`Make ${repo} private.`]
    if (kind === 'gate')
      return [
        organization === undefined
          ? `Reject the access request of ${who} to ${repo}.`
          : `Revoke the access of ${organization} to ${repo}.`,
      ]
    return []
  })
}

/** What would give an access that is refused, besides what the decision itself says: how this thing is reached. */
export function grantingChanges({ actor, org, repo }: Facts, groupNames: ReadonlyMap<string, string>): string[] {
  if (repo === undefined || org === undefined || actor === undefined) return []
  const collaborator = `Add ${actor.name} as a collaborator on ${repo.namespace}/${repo.name}.`
  if (repo.groupId !== null)
    return [`Give ${actor.name} a role in the resource group ${groupNames.get(repo.groupId) ?? ''}.`, collaborator]
  return [`Give ${actor.name} a higher role in ${org.name}.`, collaborator]
}
