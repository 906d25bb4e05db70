import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { roleAssignment } from './group-names.ts'
import { addGroupUsers } from './group-users.ts'
import { withHub } from './hub.ts'
import { type GroupOptions, groupOptions, withGroup } from './one-group.ts'
import { action, facts, table } from './output.ts'

type ResourceGroup = api.groups.ResourceGroup

/** `guildhall groups …`: resource groups, their people and auto-join; by the published routes alone. */
export function addGroups(program: Command): void {
  const groups = program
    .command('groups')
    .description('Resource groups of an organization. Use the ID or name of a group.')
  addList(groups)
  addShow(groups)
  addCreate(groups)
  addDelete(groups)
  addAutoJoin(groups)
  addGroupUsers(groups)
}

function addList(groups: Command): void {
  groups
    .command('list')
    .description('List your resource groups. Admins see all of them.')
    .requiredOption('--org <name>', 'organization')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall groups list --org acme\n  $ guildhall groups list --org acme --json',
    )
    .action(
      action<{ org: string }>(async ({ org }, out) => {
        const found = await withHub(({ client }) => client.call(api.groups.listGroups, { params: { org } }))
        const rows = found.map((group) => [
          group.name,
          group.id,
          String(group.users.length),
          String(group.repos.length),
          autoJoinOf(group),
        ])
        out.result(found, table(['NAME', 'ID', 'PEOPLE', 'REPOSITORIES', 'AUTO-JOIN'], rows, 'No resource groups.'))
      }),
    )
}

function addShow(groups: Command): void {
  groupOptions(groups.command('show').description('Show a group: people, repositories, auto-join.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall groups show --org acme --group research')
    .action(
      action<GroupOptions>(async (options, out) => {
        const group = await withGroup(options, (client, params) => client.call(api.groups.getGroup, { params }))
        out.result(group, wordsOf(group))
      }),
    )
}

interface CreateOptions {
  org: string
  name: string
  description?: string
  user?: string[]
  autoJoin?: api.GroupRole
  scope: 'all' | 'read_plus'
}

function addCreate(groups: Command): void {
  groups
    .command('create')
    .description('Create a resource group.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--name <name>', 'name of the group')
    .option('--description <text>', 'description of the group')
    .option(
      '--user <name=role>',
      'a first member and their role; can be repeated',
      (value: string, before: string[] = []) => [...before, value],
    )
    .addOption(new Option('--auto-join <role>', 'every member joins with this role').choices(api.groupRoles))
    .addOption(scopeOption())
    .addHelpText(
      'after',
      `
If you are not an admin of the organization, you must name at least one admin of the group with --user.

Examples:
  $ guildhall groups create --org acme --name research --user ada=admin --user grace=write
  $ guildhall groups create --org acme --name everyone --auto-join read --json`,
    )
    .action(
      action<CreateOptions>(async ({ org, name, description, user = [], autoJoin, scope }, out) => {
        const users = user.map((pair) => roleAssignment(pair)).map(({ group, role }) => ({ user: group, role }))
        const joining = autoJoin && { enabled: true as const, role: autoJoin, scope }
        const body = { name, description, users, autoJoin: joining }
        const group = await withHub(({ client }) => client.call(api.groups.createGroup, { params: { org }, body }))
        out.result(group, `Created the resource group ${group.name} with the ID ${group.id}.`)
      }),
    )
}

function addDelete(groups: Command): void {
  groupOptions(groups.command('delete').description('Delete a group. Its repositories stay in the organization.'))
    .option('--dry-run', 'only show what becomes visible to whom')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall groups delete --org acme --group research --dry-run
  $ guildhall groups delete --org acme --group research`,
    )
    .action(
      action<GroupOptions & { dryRun?: boolean }>(async (options, out) => {
        const query: { dryRun?: 'true' } = options.dryRun ? { dryRun: 'true' } : {}
        const done = await withGroup(options, (client, params) =>
          client.call(api.groups.deleteGroup, { params, query }),
        )
        out.result(done, options.dryRun ? visibleWords(done) : `Deleted the resource group ${options.group}.`)
      }),
    )
}

function visibleWords({ becomesVisible }: api.ReplyOf<typeof api.groups.deleteGroup>): string {
  const { repositories = [], people = 0 } = becomesVisible ?? {}
  if (repositories.length === 0) return 'No private repository becomes visible to more people.'
  return [
    `These private repositories become visible to ${people} more people:`,
    ...repositories.map(({ type, name }) => `  ${type} ${name}`),
  ].join('\n')
}

interface AutoJoinOptions extends GroupOptions {
  role?: api.GroupRole
  scope: 'all' | 'read_plus'
  off?: boolean
}

function addAutoJoin(groups: Command): void {
  groupOptions(groups.command('auto-join').description('Turn auto-join on or off for a group.'))
    .addOption(new Option('--role <role>', 'role of new members').choices(api.groupRoles))
    .addOption(scopeOption())
    .option('--off', 'members no longer join automatically; current members stay')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall groups auto-join --org acme --group everyone --role read
  $ guildhall groups auto-join --org acme --group everyone --off`,
    )
    .action(
      action<AutoJoinOptions>(async (options, out) => {
        const body = { autoJoin: autoJoinFrom(options) }
        const group = await withGroup(options, (client, params) =>
          client.call(api.groups.configureGroup, { params, body }),
        )
        out.result(group, `Auto-join for ${group.name}: ${autoJoinOf(group)}.`)
      }),
    )
}

function autoJoinFrom({ role, scope, off }: AutoJoinOptions) {
  if (off && role === undefined) return { enabled: false as const }
  if (!off && role !== undefined) return { enabled: true as const, role, scope }
  throw new UsageError('Give either --role or --off.')
}

function scopeOption(): Option {
  return new Option('--scope <scope>', 'who joins: all members, or those with read or more')
    .choices(['all', 'read_plus'])
    .default('all')
}

function autoJoinOf({ autoJoin }: ResourceGroup): string {
  return autoJoin?.enabled ? `${autoJoin.role} (${autoJoin.scope ?? 'all'})` : 'off'
}

function wordsOf(group: ResourceGroup): string {
  const about = facts([
    ['Name', group.name],
    ['Id', group.id],
    ['Description', group.description ?? ''],
    ['Auto-join', autoJoinOf(group)],
  ])
  const people = group.users.map(({ name, fullname, role, addedBy }) => [name, fullname, role, addedBy ?? ''])
  const repositories = group.repos.map(({ name, type, private: hidden }) => [name, type, hidden ? 'private' : 'public'])
  const tables = [
    table(['USER', 'NAME', 'ROLE', 'ADDED BY'], people, 'No members in this group.'),
    table(['REPOSITORY', 'TYPE', 'VISIBILITY'], repositories, 'No repositories.'),
  ]
  return [about, ...tables].join('\n\n')
}
