import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { readCsvFile } from './csv-file.ts'
import { UsageError } from './failure.ts'
import { roleAssignment } from './group-names.ts'
import { withHub } from './hub.ts'
import { wholeNumber } from './numbers.ts'
import { action, type Output, table } from './output.ts'
import { keepingUndo } from './undo-file.ts'

type Plan = api.bulk.BulkInvitations
type Batch = api.bulk.InvitationBatch

interface BulkOptions {
  org: string
  file: string
  role?: api.OrgRole
  group?: string[]
  days?: number
  message?: string
  domain?: string
  apply?: boolean
  undoFile?: string
  yes?: boolean
  wait: boolean
}

const lookEveryMs = 500
const patienceMs = 60_000

/** `guildhall invitations bulk`: invites everybody in a file. */
export function addBulkInvitations(invitations: Command): void {
  const most = api.bulk.bulkLimits.invitations.toLocaleString('en')
  invitations
    .command('bulk')
    .description(`Invite up to ${most} people from a file. Without --apply, show a preview.`)
    .requiredOption('--org <name>', 'organization')
    .requiredOption(
      '--file <path>',
      'CSV file with the columns email or username, and optionally role and groups; - for standard input',
    )
    .addOption(new Option('--role <role>', 'role for rows without a role').choices(api.orgRoles))
    .option('--group <group=role>', 'resource group for rows without groups; can be repeated', collect)
    .option(
      '--days <number>',
      `number of days the invitations are valid, at most ${api.joining.invitationDays.most}`,
      wholeNumber,
    )
    .option('--message <words>', 'your message in the emails')
    .option('--domain <domain>', 'invite only addresses in this email domain')
    .option('--apply', 'send the invitations')
    .option('--undo-file <path>', 'write the undo file for “members bulk” here; with --apply')
    .option('--yes', 'don’t ask for confirmation')
    .option('--no-wait', 'don’t wait until the emails are sent')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall invitations bulk --org acme --file people.csv
  $ guildhall invitations bulk --org acme --file people.csv --role contributor --apply --undo-file undo.csv
  $ guildhall members bulk --org acme --file undo.csv --apply
  $ guildhall invitations bulk --org acme --file - --apply --yes --json < people.csv`,
    )
    .action(action<BulkOptions>(inviteMany))
}

async function inviteMany(options: BulkOptions, out: Output): Promise<void> {
  if (options.undoFile !== undefined && !options.apply) throw new UsageError('--undo-file requires --apply.')
  const wishes = await wishesOf(options)
  const params = { org: options.org }
  await withHub(async ({ client }) => {
    const plan = await client.call(api.bulk.bulkInvite, { params, body: { mode: 'plan', ...wishes } })
    const isWanted = options.apply === true && plan.counts.mailed > 0
    if (!isWanted) return out.result(plan, planWords(plan))
    out.note(planWords(plan))
    if (!(await isAgreed(options, plan))) return out.result(plan, 'No invitations sent.')
    const body = { mode: 'apply' as const, planHash: plan.planHash, ...wishes }
    const apply = () => client.call(api.bulk.bulkInvite, { params, body })
    const applied = await keepingUndo(options.undoFile, plan.inverse, apply)
    const mails = options.wait ? await follow(client, options.org, applied, out) : null
    out.result({ ...applied, mails }, appliedWords(applied, mails))
  })
}

async function wishesOf({ file, role, group, days, message, domain }: BulkOptions) {
  const groups = group?.map((pair) => roleAssignment(pair)).map(({ group: id, role }) => ({ id, role }))
  const csv = await readCsvFile(file)
  return { csv, role, groups, message, emailDomain: domain, ...(days !== undefined && { expiresInDays: days }) }
}

function planWords({ rows, counts }: Plan): string {
  const lines = rows.map(({ row, who, verdict, role, message }) => [String(row), who, verdict, role ?? '', message])
  const summary = `${counts.mailed} of ${counts.rows} will be invited, ${counts.leftOut} skipped.`
  return `${table(['ROW', 'FOR', 'RESULT', 'ROLE', ''], lines, 'No rows.')}\n${summary}`
}

// Scripts are not asked: no person is there to answer.
async function isAgreed({ yes }: BulkOptions, { counts }: Plan): Promise<boolean> {
  if (yes || !process.stdin.isTTY || !process.stderr.isTTY) return true
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`Send ${counts.mailed} invitations? [y/N] `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

// Until all mails have left, or none has for a while: they go on without anybody looking.
async function follow(client: api.Client, org: string, { batch }: Plan, out: Output): Promise<Batch | null> {
  if (batch === null) return null
  let last = ''
  let since = performance.now()
  for (;;) {
    const mails = await client.call(api.bulk.getInvitationBatch, { params: { org, id: batch } })
    const words = progressWords(mails)
    if (words !== last) {
      out.note(words)
      last = words
      since = performance.now()
    }
    if (mails.waiting === 0 || performance.now() - since > patienceMs) return mails
    await sleep(lookEveryMs)
  }
}

function progressWords({ total, sent, kept, failed }: Batch): string {
  const parts = [kept > 0 && `${kept} not sent (no mail server)`, failed > 0 && `${failed} failed`].filter(Boolean)
  return `Emails: ${[`${sent} of ${total} sent`, ...parts].join(', ')}.`
}

// Where no email goes out, each person gets the link from you.
function linkLines({ rows }: Plan): string[] {
  return rows.flatMap(({ who, link }) => (link === null ? [] : [`${who}: ${link}`]))
}

function appliedWords(applied: Plan, mails: Batch | null): string {
  const { counts, batch } = applied
  const invited = `Invited ${counts.mailed}, skipped ${counts.leftOut}.`
  const links = linkLines(applied)
  if (links.length > 0) return [`${invited} Not sent: no mail server. Share these links:`, ...links].join('\n')
  if (mails === null) return `${invited} The emails are being sent (batch ${batch}).`
  if (mails.waiting > 0) return `${invited} ${mails.waiting} emails are still queued and will be sent automatically.`
  return mails.failed > 0 ? `${invited} ${mails.failed} emails failed. Site admins can see why in the outbox.` : invited
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}
