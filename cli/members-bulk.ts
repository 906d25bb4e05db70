import type { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import * as api from '../api/index.ts'
import { readCsvFile } from './csv-file.ts'
import { download, downloadText, downloadTo } from './download.ts'
import { exitCodes, UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { wholeNumber } from './numbers.ts'
import { action, type Output, table } from './output.ts'
import { keepingUndo } from './undo-file.ts'

type Plan = api.bulk.BulkResult

interface BulkOptions {
  org: string
  file: string
  apply?: boolean
  removalLimit?: number
  undoFile?: string
}

/** `guildhall members bulk | export`: many members by a file, and all of them as one. */
export function addMembersBulk(members: Command): void {
  addBulk(members)
  addExport(members)
}

function addBulk(members: Command): void {
  const most = api.bulk.bulkLimits.members.toLocaleString('en')
  members
    .command('bulk')
    .description(`Change, invite, and remove up to ${most} people with a file. Without --apply, show a preview.`)
    .requiredOption('--org <name>', 'organization')
    .requiredOption(
      '--file <path>',
      'CSV file with the columns username or email, and optionally op, role, and groups; - for standard input',
    )
    .option('--apply', 'apply all changes, or none')
    .option('--removal-limit <number>', 'maximum number of removals', wholeNumber)
    .option('--undo-file <path>', 'write the undo file here; with --apply')
    .addHelpText(
      'after',
      `
Ops: set (default; sets the role and groups), add (adds groups and raises the role), invite, remove.
The exit code is 1 if the changes can’t be applied.

Examples:
  $ guildhall members bulk --org acme --file changes.csv
  $ guildhall members bulk --org acme --file changes.csv --apply --undo-file undo.csv
  $ guildhall members bulk --org acme --file undo.csv --apply`,
    )
    .action(action<BulkOptions>(changeMany))
}

async function changeMany(options: BulkOptions, out: Output): Promise<void> {
  if (options.undoFile !== undefined && !options.apply) throw new UsageError('--undo-file requires --apply.')
  const wishes = { csv: await readCsvFile(options.file), removalLimit: options.removalLimit }
  const params = { org: options.org }
  await withHub(async ({ client }) => {
    const plan = await client.call(api.bulk.bulkMembers, { params, body: { mode: 'plan', ...wishes } })
    const isSound = plan.counts.error === 0 && plan.problems.length === 0
    if (!isSound) process.exitCode = exitCodes.failed
    if (!options.apply || !isSound) return out.result(plan, planWords(plan))
    out.note(planWords(plan))
    const body = { mode: 'apply' as const, planHash: plan.planHash, ...wishes }
    const applied = await keepingUndo(options.undoFile, plan.inverse, () =>
      client.call(api.bulk.bulkMembers, { params, body }),
    )
    out.result(applied, appliedWords(applied, options.undoFile))
  })
}

function planWords({ rows, counts, problems }: Plan): string {
  const lines = rows
    .filter(({ verdict }) => verdict !== 'unchanged')
    .map(({ row, who, verdict, message, loses }) => [String(row), who, verdict, message, loses.join('; ')])
  const summary = `${counts.change} changed, ${counts.invite} invited, ${counts.remove} removed,${counts.revoke > 0 ? ` ${counts.revoke} invitations revoked,` : ''} ${counts.unchanged} unchanged, ${counts.error} with errors. ${counts.loseAccess} lose access.`
  return [table(['ROW', 'WHO', 'VERDICT', '', 'LOSES'], lines, 'No changes.'), ...problems, summary].join('\n')
}

function appliedWords({ counts }: Plan, undoFile: string | undefined): string {
  const revoked = counts.revoke > 0 ? `, revoked ${counts.revoke} invitations` : ''
  const words = `Changed ${counts.change}, invited ${counts.invite}, removed ${counts.remove}${revoked}.`
  return undoFile === undefined ? words : `${words} To undo this, apply ${undoFile}.`
}

interface ExportOptions {
  org: string
  output?: string
}

function addExport(members: Command): void {
  members
    .command('export')
    .description('Export all members as CSV, in the format of “members bulk”. The export is recorded.')
    .requiredOption('--org <name>', 'organization')
    .option('--output <file>', 'file to write (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall members export --org acme > acme.csv
  $ guildhall members export --org acme --output acme.csv
  $ guildhall members export --org acme --json | jq -r '.[].username'`,
    )
    .action(
      action<ExportOptions>(async ({ org, output }, out) => {
        const path = api.bulk.exportMembers.path.replace(':org', encodeURIComponent(org))
        if (output === undefined && out.json)
          return out.result(await withHub(({ client }) => readRows(client, path)), '')
        if (output === undefined) return void (await withHub(({ client }) => download(client, path)))
        const bytes = await withHub(({ client }) => downloadTo(client, path, output))
        out.result({ file: output, bytes }, `${output}: ${bytes} bytes.`)
      }),
    )
}

// A script that asks for JSON gets the rows, each with the columns of the file.
async function readRows(client: api.Client, path: string): Promise<Record<string, string>[]> {
  const { separator, text } = api.peopleCsv.csvDialect(await downloadText(client, path))
  return parse(text, { columns: true, delimiter: separator })
}
