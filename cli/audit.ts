import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import * as api from '../api/index.ts'
import { download, downloadTo } from './download.ts'
import { exitCodes, Failure, UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, type Output } from './output.ts'

/** `guildhall audit …`: takes the audit log along, and proves that nothing in it was changed. */
export function addAudit(program: Command): void {
  const audit = program.command('audit').description('Audit log of an organization.')
  addExport(audit)
  addVerify(audit)
}

interface ExportOptions {
  org: string
  query?: string
  format: 'json' | 'csv'
  output?: string
}

function addExport(audit: Command): void {
  audit
    .command('export')
    .description('Export all matching events, oldest first. The export is recorded as an event.')
    .requiredOption('--org <name>', 'organization')
    .option(
      '--query <text>',
      'words and filters, for example “type:org.change_role after:2030-01-31”; only on Guildhall',
    )
    .addOption(new Option('--format <format>', 'format').choices(['json', 'csv']).default('json'))
    .option('--output <file>', 'file to write (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall audit export --org acme --output acme.json
  $ guildhall audit export --org acme --format csv --query "author:ada" > ada.csv`,
    )
    .action(
      action<ExportOptions>(async (options, out) => {
        const { output } = options
        const path = exportPath(options)
        if (output === undefined) return void (await withHub(({ client }) => download(client, path)))
        const bytes = await withHub(({ client }) => downloadTo(client, path, output))
        out.result({ file: output, format: options.format, bytes }, `${output}: ${bytes} bytes.`)
      }),
    )
}

function exportPath({ org, query, format }: ExportOptions): string {
  const path = api.audit.exportAuditLog.path.replace(':org', encodeURIComponent(org))
  const asked = new URLSearchParams({ format, ...(query === undefined ? {} : { q: query }) })
  return `${path}?${asked}`
}

interface VerifyOptions {
  org?: string
  file?: string
  contains?: string
}

function addVerify(audit: Command): void {
  audit
    .command('verify')
    .description('Verify an audit log in the database, or an exported JSON file offline.')
    .option('--org <name>', 'organization whose audit log to verify')
    .option('--file <file>', 'JSON file from “audit export”')
    .addOption(containsOption())
    .addHelpText(
      'after',
      `
Exit code 3 means that an event was changed, removed, or inserted. The first one is named. A file can’t show that events
are missing at its end. Note the last hash somewhere else, and pass it with --contains the next time.

Examples:
  $ guildhall audit verify --org acme
  $ guildhall audit verify --file acme.json --json | jq -r .head
  $ guildhall audit verify --file acme.json --contains "$(cat noted-hash)"`,
    )
    .action(
      action<VerifyOptions>(async ({ org, file, contains }, out) => {
        if ((org === undefined) === (file === undefined)) throw new UsageError('Give either --org or --file.')
        const atHub = () =>
          withHub(({ client }) =>
            client.call(api.audit.verifyAuditLog, { params: { org: org ?? '' }, query: { contains } }),
          )
        tell(out, file === undefined ? await atHub() : await verifyFile(file, contains))
      }),
    )
}

/** `guildhall operator audit verify`: proves the log of the instance. */
export function addInstanceAudit(operator: Command): void {
  operator
    .command('audit')
    .description('Audit log of the instance.')
    .command('verify')
    .description(
      'Check that no event of the instance was changed, removed, or inserted. If one was, the exit code is 3.',
    )
    .addOption(containsOption())
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall operator audit verify
  $ guildhall operator audit verify --contains "$(cat noted-hash)"`,
    )
    .action(
      action<{ contains?: string }>(async ({ contains }, out) => {
        const query = { contains }
        tell(out, await withHub(({ client }) => client.call(api.operator.verifyInstanceLog, { query })))
      }),
    )
}

function containsOption(): Option {
  return new Option('--contains <hash>', 'a hash noted earlier, which must be in the log').argParser(noteOf)
}

function noteOf(text: string): string {
  const hash = text.trim().toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new InvalidArgumentError('It must have 64 hexadecimal digits.')
  return hash
}

function tell(out: Output, verdict: Verdict): void {
  out.result(verdict, wordsOf(verdict))
  if (!verdict.intact) process.exitCode = exitCodes.broken
}

type Verdict = api.ReplyOf<typeof api.audit.verifyAuditLog> & { complete?: boolean }

async function verifyFile(file: string, contains: string | undefined): Promise<Verdict> {
  const events = await eventsIn(file)
  if (!Array.isArray(events)) throw new Failure(`${file} is not a JSON export. It must contain an array of events.`)
  return api.verifyExport(events, contains)
}

async function eventsIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Failure(`${file} can’t be read as a JSON export. Only JSON can be verified: ${(error as Error).message}`)
  }
}

function wordsOf({ intact, events, head, firstBreak, complete, endProven }: Verdict): string {
  if (!intact) return `BROKEN at event ${firstBreak?.seq}: ${firstBreak?.reason}.`
  const partial =
    complete === false ? ' Events are left out, as in a filtered export. The events in the file are genuine.' : ''
  const end = endProven ? '' : ' Later events may be missing from the end of the file.'
  return `Intact: ${events} ${events === 1 ? 'event' : 'events'}, last hash ${head}.${partial}${end}`
}
