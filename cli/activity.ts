import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { download, downloadTo } from './download.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

interface ActivityOptions {
  org: string
  idle?: api.billing.Idle
  role?: api.OrgRole
  search?: string
  csv?: boolean
  output?: string
}

/** `guildhall members activity`: when each member was last active. */
export function addActivity(members: Command): void {
  members
    .command('activity')
    .description('Show when each member was last active on each channel, least recently active first. For admins.')
    .requiredOption('--org <name>', 'organization')
    .addOption(
      new Option('--idle <days>', 'only members who have not been active for this number of days, or never').choices(
        api.billing.Idle.options,
      ),
    )
    .addOption(new Option('--role <role>', 'only members with this role').choices(api.orgRoles))
    .option('--search <text>', 'part of the username or full name')
    .option('--csv', 'write CSV')
    .option('--output <file>', 'file to write the CSV to (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall members activity --org acme --idle 90
  $ guildhall members activity --org acme --idle never --json | jq -r '.[].user'
  $ guildhall members activity --org acme --csv > activity.csv`,
    )
    .action(
      action<ActivityOptions>(async ({ csv, output, ...options }, out) => {
        if (csv || output !== undefined) return writeCsv(options, output, out.result)
        const rows = await withHub(({ client }) => listActivity(client, options))
        out.result(
          rows,
          table(['USER', 'ROLE', 'LAST ACTIVE', 'WEB', 'API', 'GIT', 'SSO'], rows.map(cells), 'No members.'),
        )
      }),
    )
}

async function listActivity(client: api.Client, { org, ...query }: ActivityOptions) {
  const operation = api.billing.listActivity
  const first = await client.answer(operation, { params: { org }, query: { ...query, limit: 1000 } })
  return everyPage(client, operation, first)
}

function cells({ user, role, lastActiveAt, doors }: api.billing.MemberActivity): string[] {
  const times = [lastActiveAt ?? 'never', doors.web ?? '', doors.api ?? '', doors.git ?? '', doors.sso ?? '']
  return [user, role, ...times.map((time) => time.slice(0, 16).replace('T', ' '))]
}

async function writeCsv(
  { org, idle, role, search }: ActivityOptions,
  output: string | undefined,
  result: (value: unknown, words: string) => void,
): Promise<void> {
  if (role !== undefined || search !== undefined)
    throw new UsageError('With --csv, use only --idle. Remove --role and --search.')
  const asked = idle === undefined ? '' : `?idle=${idle}`
  const path = `${api.billing.exportActivity.path.replace(':org', encodeURIComponent(org))}${asked}`
  if (output === undefined) return void (await withHub(({ client }) => download(client, path)))
  const bytes = await withHub(({ client }) => downloadTo(client, path, output))
  result({ file: output, bytes }, `${output}: ${bytes} bytes.`)
}
