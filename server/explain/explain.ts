import type * as api from '../../api/index.ts'
import { authorize } from '../access/authorize.ts'
import { actionOn, type Explained, explain, namesOfGroups, withheldFrom } from '../access/explain.ts'
import type { AccessTarget, Credential, Facts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import type { Action, PolicyRow } from '../access/policy.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { endingChanges, grantingChanges, groundReply } from './words.ts'

type ExplainPermit = Permit<'access.explain'>
type Explanation = api.access.Explanation
type Input = api.InputOf<typeof api.access.explainAccess>

/** Tells whether a person or a token may do something, from which grants or why not, and what would change that. */
export async function explainAccess(db: Db, permit: ExplainPermit, input: Input, links: Links): Promise<Explanation> {
  const { action, row } = actionAsked(input.action)
  if ((input.user === undefined) === (input.token === undefined)) throw badField('user', 'Give either user or token.')
  refuseBeside(row, input)
  const target = await targetOf(db, permit, input, row)
  const explained = await explain(db, credentialOf(permit, input), action, target)
  const groupNames = await namesOfGroups(db, groupsIn(explained))
  return {
    user: personOf(links, explained.facts, permit),
    token: tokenOf(explained.facts),
    action,
    target: describeTarget(permit),
    blockedBy: withheldFrom(explained.facts, action),
    ...answerOf(explained, groupNames),
  }
}

function actionAsked(text: string): { action: Action; row: PolicyRow } {
  const asked = actionOn(text)
  if (asked === undefined) throw badField('action', 'is not a known action. See the permissions reference.')
  if (asked.row.on === 'instance' || asked.row.on === 'deletedOrg')
    throw badField('action', 'must be an action on an organization, a resource group, or a repository.')
  return asked
}

// A group admin must not learn about another thing by naming it beside their group.
function refuseBeside({ on }: PolicyRow, { repo, group }: Input): void {
  if (repo !== undefined && on !== 'repo') throw badField('repo', 'does not apply to this action. Remove it.')
  if (group !== undefined && (on === 'repo' || on === 'org'))
    throw badField('group', 'does not apply to this action. Remove it.')
}

// A person who asks about themself learns nothing of what they could not see anyway.
async function targetOf(db: Db, permit: ExplainPermit, input: Input, row: PolicyRow): Promise<AccessTarget> {
  const { org, facts } = permit
  if (input.repo !== undefined) await viewRepo(db, permit)
  if (input.group !== undefined) await authorize(db, permit, 'group.view', { org: org.name, group: input.group })
  if (row.on === 'repo' && facts.repo === undefined) throw badField('repo', 'is required for this action.')
  if (row.on === 'group' && facts.group === undefined) throw badField('group', 'is required for this action.')
  if (row.subject && input.member === undefined) throw badField('member', 'is required for this action.')
  const member = input.member === undefined ? {} : { subject: input.member }
  const group = facts.group === undefined ? {} : { group: facts.group.id }
  if (row.on === 'repo') return { repoId: facts.repo?.id, ...member }
  return row.on === 'namespace' ? { namespace: org.name, ...group } : { orgId: org.id, ...group, ...member }
}

/** Throws what a missing repository answers where the asker may not read the one they name. */
export async function viewRepo(db: Db, permit: Permit<'access.explain'> | Permit<'access.whoCan'>): Promise<void> {
  const { repo } = permit.facts
  if (repo === undefined) throw new HubError('RepoNotFound', 'Repository not found')
  await authorize(db, permit, 'repo.view', { repoId: repo.id })
}

// Of a token no one else learns that it exists, unless its owner belongs to the organization.
function credentialOf({ facts, actor }: ExplainPermit, input: Input): Credential {
  const { subject } = facts
  if (input.token !== undefined) {
    if (subject === undefined || (subject.id !== actor.id && subject.role === undefined))
      throw new HubError('NotFound', 'No token with this ID.')
    return { kind: 'tokenId', id: input.token }
  }
  if (subject === undefined) throw new HubError('NotFound', `No account named “${input.user}”.`)
  return { kind: 'person', userId: subject.id }
}

function groupsIn({ facts, decision }: Explained): string[] {
  const grounds = decision.allowed ? decision.grounds : []
  const named = grounds.flatMap(({ kind, id }) => (kind === 'group_role' && id !== null ? [id] : []))
  return [...named, ...(facts.repo?.groupId ? [facts.repo.groupId] : [])]
}

// Of an account or a token that is not active any more the facts know nothing; the name that was asked for stays.
function personOf(links: Links, facts: Facts, permit: ExplainPermit): Explanation['user'] {
  const { id, name, fullname } = facts.actor ?? permit.facts.subject ?? { id: '', name: '', fullname: '' }
  return { _id: id, user: name, fullname, avatarUrl: avatarUrl(links, name) }
}

function tokenOf({ actor }: Facts): Explanation['token'] {
  return actor?.token ? { id: actor.token.id, role: actor.token.role, last4: actor.token.last4 } : null
}

function describeTarget({ org, facts: { repo, group } }: ExplainPermit): Explanation['target'] {
  if (repo !== undefined) return { kind: 'repository', id: repo.id, name: `${repo.namespace}/${repo.name}` }
  if (group !== undefined) return { kind: 'group', id: group.id, name: group.name }
  return { kind: 'organization', id: org.id, name: org.name }
}

type Answer = Pick<Explanation, 'allowed' | 'code' | 'sentence' | 'grounds' | 'changes'>

function answerOf({ facts, decision }: Explained, groupNames: Map<string, string>): Answer {
  if (decision.allowed) {
    const grounds = decision.grounds.map((ground) => groundReply(ground, facts, groupNames))
    const sentence = grounds[0]?.sentence ?? 'Allowed.'
    return { allowed: true, code: null, sentence, grounds, changes: endingChanges(decision.grounds, facts, groupNames) }
  }
  const changes = decision.mends.length > 0 ? [...decision.mends] : grantingChanges(facts, groupNames)
  return { allowed: false, code: decision.refused, sentence: decision.sentence, grounds: [], changes }
}
