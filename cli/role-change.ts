import * as api from '../api/index.ts'
import { Failure } from './failure.ts'
import { type Assignment, type GroupWish, groupFinder } from './group-names.ts'

/** The role that someone shall have. */
export interface Wish {
  username: string
  role: api.OrgRole
  groups: GroupWish
}

/** What became of a wish: the role before, where it was looked up, and what is set now. */
export interface Change {
  user: string
  before?: api.OrgRole
  role: api.OrgRole
  groups: { id: string; name: string; role: string }[]
}

/**
 * Sets a member's role by the published route, which always sets the resource groups too: groups to keep are read first
 * and sent along. A dry run reads only.
 */
export async function changeMember(client: api.Client, org: string, wish: Wish, dryRun: boolean): Promise<Change> {
  const { username, role } = wish
  const member = wish.groups === 'keep' || dryRun ? await getMember(client, org, username) : undefined
  const groups = wish.groups === 'keep' ? keptGroups(member) : await namedGroups(client, org, wish.groups)
  const change: Change = { user: member?.user ?? username, role, groups }
  if (member?.role !== undefined) change.before = member.role
  if (dryRun) return change
  // What was read came from this server, so it takes these roles back
  const resourceGroups = groups.map((group) => ({ id: group.id, role: group.role as api.GroupRole }))
  await client.call(api.members.changeRole, { params: { org, username }, body: { role, resourceGroups } })
  return change
}

// No published route shows one member: the search finds part of a name, and the one is picked from what it found.
async function getMember(client: api.Client, org: string, username: string): Promise<api.members.Member> {
  const wanted = username.toLowerCase()
  let page = await client.answer(api.members.listMembers, { params: { org }, query: { search: username, limit: 100 } })
  for (;;) {
    const found = page.data.find((member) => member.user.toLowerCase() === wanted)
    if (found !== undefined) return found
    if (page.next === undefined) throw new Failure(`${username} is not a member of ${org}.`, 404, 'NotFound')
    page = await client.follow(api.members.listMembers, page.next)
  }
}

function keptGroups(member: api.members.Member | undefined): Change['groups'] {
  if (member?.resourceGroups !== undefined) return member.resourceGroups
  throw new Failure('You can’t see the resource groups of this member. Use --group or --no-groups.', 403)
}

async function namedGroups(client: api.Client, org: string, wish: 'none' | Assignment[]): Promise<Change['groups']> {
  const idOf = groupFinder(client, org)
  const groups: Change['groups'] = []
  for (const { group, role } of wish === 'none' ? [] : wish) groups.push({ id: await idOf(group), name: group, role })
  return groups
}
