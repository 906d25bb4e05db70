import type * as api from '../../api/index.ts'
import { authorize } from '../access/authorize.ts'
import { decide } from '../access/decide.ts'
import { namesOfGroups, reachOf } from '../access/explain.ts'
import type { Facts, RepoFacts } from '../access/facts.ts'
import type { Permit } from '../access/permit.ts'
import type { Action } from '../access/policy.ts'
import { HubError } from '../kernel/errors.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import type { Db } from '../store/database.ts'
import { groundReply } from './words.ts'

type Reached = api.access.ReachedRepository

/**
 * The repositories of the organization, or of one of its resource groups, that a person can reach, with what they may do
 * there, and on which grounds.
 */
export async function listReach(
  db: Db,
  permit: Permit<'access.explain'>,
  input: api.InputOf<typeof api.access.listReach>,
): Promise<api.ResultOf<typeof api.access.listReach>> {
  const { org, facts } = permit
  if (facts.subject === undefined) throw new HubError('NotFound', `No account named “${input.user}”.`)
  if (input.group !== undefined) await authorize(db, permit, 'group.view', { org: org.name, group: input.group })
  const after = input.cursor === undefined ? '' : (decodeCursor(input.cursor, 1)[0] ?? '')
  const asked = { orgId: org.id, groupId: facts.group?.id, userId: facts.subject.id }
  const reach = await reachOf(db, { ...asked, after, limit: input.limit + 1 })
  const { items, next } = pageOf(reach, input.limit, ({ repo }) => [repo?.id ?? ''])
  const groupIds = items.flatMap(({ repo }) => (repo?.groupId ? [repo.groupId] : []))
  const groupNames = await namesOfGroups(db, groupIds)
  return { items: items.flatMap((reached) => reachedReply(reached, groupNames)), next }
}

const kindsOfAccess: [can: Reached['can'][number], action: Action][] = [
  ['read', 'repo.read'],
  ['write', 'repo.write'],
  ['manage', 'collaborator.set'],
]

function reachedReply(facts: Facts, groupNames: Map<string, string>): Reached[] {
  const { repo } = facts
  if (repo === undefined) return []
  const reading = decide('repo.read', facts)
  if (!reading.allowed) return []
  const grounds = reading.grounds.map((ground) => groundReply(ground, facts, groupNames))
  return [
    {
      id: repo.id,
      type: repo.type,
      name: `${repo.namespace}/${repo.name}`,
      private: repo.private,
      role: grounds.find(({ role }) => role !== undefined)?.role ?? null,
      can: kindsOfAccess.flatMap(([can, action]) => (decide(action, facts).allowed ? [can] : [])),
      group: groupOf(repo, groupNames),
      grounds,
    },
  ]
}

function groupOf({ groupId, groupGrants }: RepoFacts, groupNames: Map<string, string>): Reached['group'] {
  if (groupId === null) return null
  return { id: groupId, name: groupNames.get(groupId) ?? '', role: groupGrants[0]?.role ?? null }
}
