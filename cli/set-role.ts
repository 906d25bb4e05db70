import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { exitCodes, UsageError } from './failure.ts'
import { type GroupWish, roleAssignment } from './group-names.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'
import { type Change, changeMember, type Wish } from './role-change.ts'
import { readRolesFile } from './roles-file.ts'
import { setRolesOfMany } from './set-roles.ts'

interface SetRoleOptions {
  org: string
  user?: string
  role?: api.OrgRole
  /** `--group` as often as wanted; false by `--no-groups`. */
  group?: string[]
  groups: boolean
  csv?: string
  dryRun?: boolean
}

/** `guildhall members set-role`: changes the role of one member, or of all in a CSV file. */
export function addSetRole(members: Command): void {
  members
    .command('set-role')
    .description('Set the role of a member, or of many from a CSV file.')
    .requiredOption('--org <name>', 'organization')
    .option('--user <username>', 'who')
    .addOption(new Option('--role <role>', 'role').choices(api.orgRoles))
    .option('--group <id=role>', 'role in a resource group, by ID or name; can be repeated', collect)
    .option('--no-groups', 'remove the member from all resource groups')
    .option('--csv <file>', 'CSV file with the columns username, role, and optionally groups; - for standard input')
    .option('--dry-run', 'preview only; access is checked when you apply')
    .addHelpText(
      'after',
      `
With --group, the member is in exactly these groups. With --no-groups, in none. Otherwise, their groups don’t change.
In the file, the column groups has “name:role” pairs separated by ;, as in “members export” and “members bulk”.
An empty cell doesn’t change the groups, and “-” removes the member from all groups. If a row is refused, the others are
still applied, and the exit code is 1. Works on any server with the same API.

Examples:
  $ guildhall members set-role --org acme --user grace --role write
  $ guildhall members set-role --org acme --user grace --role read --group research=contributor --group data=read
  $ guildhall members set-role --org acme --csv roles.csv --dry-run
  $ guildhall members set-role --org acme --csv roles.csv --json | jq '.rows[] | select(.ok | not)'`,
    )
    .action(
      action<SetRoleOptions>(async (options, out) => {
        if (options.csv === undefined) {
          const wish = wishOf(options)
          const change = await withHub(({ client }) => changeMember(client, options.org, wish, options.dryRun === true))
          return out.result(change, wordsOf(change, options.dryRun))
        }
        refuseBeside(options)
        const rows = await readRolesFile(options.csv)
        const { org, dryRun = false } = options
        const report = await withHub(({ client }) => setRolesOfMany(client, { org, rows, dryRun }, out))
        if (report.failed > 0) process.exitCode = exitCodes.failed
      }),
    )
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

function refuseBeside({ user, role, group, groups }: SetRoleOptions): void {
  if (user === undefined && role === undefined && group === undefined && groups) return
  throw new UsageError('--csv can’t be combined with --user, --role, --group, or --no-groups.')
}

function wishOf({ user, role, group, groups }: SetRoleOptions): Wish {
  if (user === undefined || role === undefined) throw new UsageError('Give --user and --role, or --csv.')
  return { username: user, role, groups: groupsWished(group, groups) }
}

function groupsWished(group: string[] | undefined, groups: boolean): GroupWish {
  if (group === undefined) return groups ? 'keep' : 'none'
  if (!groups) throw new UsageError('Give either --group or --no-groups.')
  return group.map((pair) => roleAssignment(pair))
}

function wordsOf({ user, before, role, groups }: Change, dryRun = false): string {
  const from = before === undefined ? '' : `, before ${before}`
  const inGroups = groups.map(({ name, role }) => `${name} (${role})`).join(', ')
  return `${user}: ${dryRun ? 'would be' : 'now'} ${role}${from}; resource groups: ${inGroups || 'none'}.`
}
