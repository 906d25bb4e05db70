import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { download, downloadTo } from './download.ts'
import { withHub } from './hub.ts'
import { amountOf, wholeNumber } from './numbers.ts'
import { action, facts, table } from './output.ts'

/** `guildhall billing seats | preview`: what an organization uses, and what the next invoice would say. */
export function addBilling(program: Command): void {
  const billing = program.command('billing').description('Seats of an organization and their cost.')
  addSeats(billing)
  addPreview(billing)
}

interface SeatsOptions {
  org: string
  days: number
  csv?: boolean
  output?: string
}

function addSeats(billing: Command): void {
  billing
    .command('seats')
    .description('Show the seats used, reserved, and available, now and each day. For admins.')
    .requiredOption('--org <name>', 'organization')
    .option('--days <number>', 'number of days, at most 400', wholeNumber, 7)
    .option('--csv', 'write all days as CSV')
    .option('--output <file>', 'file to write the CSV to (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall billing seats --org acme
  $ guildhall billing seats --org acme --csv --output seats.csv`,
    )
    .action(
      action<SeatsOptions>(async ({ org, days, csv, output }, out) => {
        const path = api.billing.exportSeats.path.replace(':org', encodeURIComponent(org))
        if (output !== undefined) {
          const bytes = await withHub(({ client }) => downloadTo(client, path, output))
          return out.result({ file: output, bytes }, `${output}: ${bytes} bytes.`)
        }
        if (csv) return void (await withHub(({ client }) => download(client, path)))
        const query = { params: { org }, query: { days } }
        const seats = await withHub(({ client }) => client.call(api.billing.getSeats, query))
        out.result(seats, seatsInWords(seats))
      }),
    )
}

function seatsInWords({ plan, limit, used, members, pending, free, billed, history }: api.billing.Seats): string {
  const now = facts([
    ['plan', plan],
    ['used', `${used} (${members} members, ${pending} pending invitations)`],
    ['limit', limit === null ? 'none' : String(limit)],
    ['free', free === null ? 'no limit' : String(free)],
    ['billed', `${billed} so far this month`],
  ])
  const days = history.map((row) => [row.day, String(row.members), String(row.pending)])
  return `${now}\n\n${table(['DAY', 'MEMBERS', 'PENDING'], days, '')}`
}

function addPreview(billing: Command): void {
  billing
    .command('preview')
    .description('Preview the next invoice. No payment is taken. For admins.')
    .requiredOption('--org <name>', 'organization')
    .addHelpText('after', '\nExamples:\n  $ guildhall billing preview --org acme')
    .action(
      action<{ org: string }>(async (params, out) => {
        const invoice = await withHub(({ client }) => client.call(api.billing.previewInvoice, { params }))
        out.result(invoice, invoiceInWords(invoice))
      }),
    )
}

function invoiceInWords({ currency, period, lines, total, nextPeriodTotal, ...rest }: api.billing.Invoice): string {
  const amount = (hundredths: number) => amountOf(hundredths, currency)
  const rows = lines.map((line) => [line.description, String(line.seats), `${line.days} days`, amount(line.amount)])
  const head = `${rest.plan}, ${amount(rest.seatPrice)} a seat, ${period.from} to ${period.to}`
  const foot = facts([
    ['total', amount(total)],
    ['next month, with the current seats', amount(nextPeriodTotal)],
  ])
  return `${head}\n\n${table(['', 'SEATS', '', 'AMOUNT'], rows, 'Nothing to pay.')}\n\n${foot}`
}
