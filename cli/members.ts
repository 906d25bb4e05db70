import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { addActivity } from './activity.ts'
import { type Hub, withHub } from './hub.ts'
import { addMembersBulk } from './members-bulk.ts'
import { addMembersImports } from './members-imports.ts'
import { wholeNumber } from './numbers.ts'
import { addOffboarding } from './offboard.ts'
import { action, table } from './output.ts'
import { addSetRole } from './set-role.ts'

const listNote =
  'Filters by role and group, and “remove”, work only on Guildhall. The rest works with any server that has the same API.'

// The published API refuses smaller pages.
const smallestPage = 10
const largestPage = 10_000

/** `guildhall members …`: who is in an organization, with which role. */
export function addMembers(program: Command): void {
  const members = program.command('members').description('Members of an organization and their roles.')
  addList(members)
  addSetRole(members)
  addAdd(members)
  addRemove(members)
  addOffboarding(members)
  addActivity(members)
  addMembersBulk(members)
  addMembersImports(members)
}

interface ListOptions {
  org: string
  search?: string
  role?: api.OrgRole
  group?: string
  limit: number
  all?: boolean
}

function addList(members: Command): void {
  members
    .command('list')
    .description('List the members of an organization.')
    .requiredOption('--org <name>', 'organization')
    .option('--search <text>', 'part of the username or full name')
    .addOption(new Option('--role <role>', 'only members with this role').choices(api.orgRoles))
    .option('--group <id or name>', 'only members of this resource group')
    .option('--limit <number>', 'maximum number', wholeNumber, 500)
    .option('--all', 'list all members')
    .addHelpText(
      'after',
      `
${listNote}

Examples:
  $ guildhall members list --org acme
  $ guildhall members list --org acme --role admin --json | jq -r '.[].user'
  $ guildhall members list --org acme --group research --all`,
    )
    .action(
      action<ListOptions>(async (options, out) => {
        const { rows, more } = await withHub(({ client }) => listMembers(client, options))
        out.result(rows, table(['USER', 'NAME', 'ROLE', 'GROUPS'], rows.map(cells), 'No members found.'))
        if (more) out.note(`There are more. Use “--all” to list all members.`)
      }),
    )
}

/** Reads members page by page until the limit, or all of them. */
async function listMembers(
  client: api.Client,
  { org, search, role, group, limit, all }: ListOptions,
): Promise<{ rows: api.members.Member[]; more: boolean }> {
  const size = all ? largestPage : Math.min(Math.max(limit, smallestPage), largestPage)
  const most = all ? Number.POSITIVE_INFINITY : limit
  const query = { search, role, group, limit: size }
  const rows: api.members.Member[] = []
  let page = await client.answer(api.members.listMembers, { params: { org }, query })
  for (;;) {
    // Servers without these filters answer everybody
    rows.push(...page.data.filter((member) => isAsked(member, role, group)))
    if (page.next === undefined || rows.length >= most) break
    page = await client.follow(api.members.listMembers, page.next)
  }
  return { rows: rows.slice(0, most), more: page.next !== undefined || rows.length > most }
}

function isAsked(member: api.members.Member, role: string | undefined, group: string | undefined): boolean {
  if (role !== undefined && member.role !== undefined && member.role !== role) return false
  if (group === undefined || member.resourceGroups === undefined) return true
  const wanted = api.fold(group)
  return member.resourceGroups.some(({ id, name }) => id === wanted || api.fold(name) === wanted)
}

function cells({ user, fullname, role, resourceGroups }: api.members.Member): string[] {
  const groups = (resourceGroups ?? []).map((group) => `${group.name}=${group.role}`)
  return [user, fullname, role ?? '', groups.join(', ')]
}

interface AddOptions {
  org: string
  user: string
  role: api.OrgRole
}

function addAdd(members: Command): void {
  members
    .command('add')
    .description('Add an account to an organization. For site admins.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--user <username>', 'who')
    .addOption(new Option('--role <role>', 'role').choices(api.orgRoles).makeOptionMandatory())
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall members add --org acme --user grace --role contributor
  $ guildhall members add --org acme --user grace --role read --json`,
    )
    .action(
      action<AddOptions>(async ({ org, user, role }, out) => {
        const body = { username: user, role }
        const added = await withHub(({ client }) => client.call(api.operator.addMemberFor, { params: { org }, body }))
        out.result(added, `${added.user} is now a member of ${added.organization} with the ${added.role} role.`)
      }),
    )
}

interface RemoveOptions {
  org: string
  user: string
  dryRun?: boolean
}

function addRemove(members: Command): void {
  members
    .command('remove')
    .description('Remove a member immediately, and show what stays.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--user <username>', 'who')
    .option('--dry-run', 'preview only; change nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall members remove --org acme --user grace --dry-run
  $ guildhall members remove --org acme --user grace --json`,
    )
    .action(
      action<RemoveOptions>(async (options, out) => {
        const removal = await withHub((hub) => removeMember(hub, options))
        out.result(removal, wordsOf(removal, options))
      }),
    )
}

function removeMember({ client }: Hub, { org, user, dryRun }: RemoveOptions): Promise<api.members.Removal> {
  const query = dryRun ? { dryRun: 'true' as const } : {}
  return client.call(api.members.removeMember, { params: { org, username: user }, query })
}

function wordsOf({ removed, remains }: api.members.Removal, { org, user, dryRun }: RemoveOptions): string {
  const groups = removed.groups.map(({ name, role }) => `${name} (${role})`)
  const lines = [
    `${user} ${dryRun ? 'would lose' : 'lost'} the ${removed.role} role in ${org}.`,
    groups.length > 0 && `Resource groups lost: ${groups.join(', ')}.`,
    ...countLines(removed.counts, endingWords),
    remains.repositoryCount > 0 && `Repositories they created, which stay in ${org}: ${remains.repositoryCount}.`,
    remains.personalTokens > 0 && `Personal tokens, which no longer give access to ${org}: ${remains.personalTokens}.`,
    ...remains.grants.map(({ kind, on, role }) => `They keep ${role} access to ${on} (${kind}).`),
    ...countLines(remains.counts, remainingWords),
  ]
  return lines.filter((line) => line !== false).join('\n')
}

// What the lines beside these do not name already.
const endingWords = {
  fileLocks: 'Released file locks',
  successorPlace: 'Removed successor positions',
  serviceAccounts: 'Service accounts left without an owner, which keep working',
  ssoIdentities: 'Unlinked SSO identities',
}
const remainingWords = {
  invitationsSent: 'Invitations they sent, which no longer let anyone in',
  inviteLinks: 'Invite links they created, which no longer let anyone in',
  invitationsReceived: 'Invitations to them',
  joinRequests: 'Requests to join',
  provisioned: 'Links to the identity provider, which can activate them again',
}

function countLines(counts: Record<string, number>, words: Record<string, string>): string[] {
  return Object.entries(words).flatMap(([kind, line]) => (counts[kind] ? [`${line}: ${counts[kind]}.`] : []))
}
