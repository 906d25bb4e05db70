import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withConsole } from './hub.ts'
import { wholeNumber } from './numbers.ts'
import { action, facts, printable, table } from './output.ts'
import { everyPage } from './pages.ts'

const largestPage = 1000

type Mail = api.ReplyOf<typeof api.operator.listOutbox>[number]

/** `guildhall operator outbox list | show | reveal | retry`: the mail of the instance, on the server alone. */
export function addOutbox(operator: Command): void {
  const outbox = operator
    .command('outbox')
    .description('Emails of the instance. Only on the server: no access token can read them, and HF_TOKEN is not used.')
  addList(outbox)
  addText(outbox, 'show', 'Show an email, without the secret of its link. This is recorded.', api.operator.readMail)
  addText(outbox, 'reveal', 'Show an email, with the secret of its link. This is recorded.', api.operator.revealMail)
  addRetry(outbox)
}

interface ListOptions {
  search?: string
  limit: number
  all?: boolean
}

function addList(outbox: Command): void {
  outbox
    .command('list')
    .description('List emails, newest first, without their texts.')
    .option('--search <words>', 'part of the address or of the subject')
    .option('--limit <count>', 'maximum number of emails', wholeNumber, 100)
    .option('--all', 'list all emails')
    .addHelpText(
      'after',
      `
An email is queued, sent, kept (there was no mail server), or failed.

Examples:
  $ guildhall operator outbox list
  $ guildhall operator outbox list --search grace@example.org
  $ guildhall operator outbox list --all --json | jq '.[] | select(.state == "failed")'`,
    )
    .action(
      action<ListOptions>(async ({ search, limit, all }, out) => {
        const operation = api.operator.listOutbox
        const most = all ? Number.POSITIVE_INFINITY : limit
        const found: Mail[] = await withConsole(async ({ client }) => {
          const first = await client.answer(operation, { query: { search, limit: Math.min(most, largestPage) } })
          return most > largestPage ? everyPage(client, operation, first) : first.data
        })
        const mails = found.slice(0, most)
        const rows = mails.map(({ id, createdAt, to, state, subject }) => [id, createdAt, to, state, subject])
        out.result(mails, table(['ID', 'CREATED', 'TO', 'STATE', 'SUBJECT'], rows, 'No emails.'))
        for (const { id, error } of mails) if (error !== null) out.note(facts([[id, error]]))
      }),
    )
}

function addText(
  outbox: Command,
  name: 'show' | 'reveal',
  description: string,
  operation: typeof api.operator.readMail | typeof api.operator.revealMail,
): void {
  outbox
    .command(name)
    .description(description)
    .requiredOption('--id <id>', 'ID of the email, from “operator outbox list”')
    .addHelpText('after', `\nExamples:\n  $ guildhall operator outbox ${name} --id 665f1c2e9b1d4a0012345678`)
    .action(
      action<{ id: string }>(async (params, out) => {
        const mail = await withConsole(({ client }) => client.call(operation, { params, body: {} }))
        out.result(mail, mail.text.split('\n').map(printable).join('\n'))
      }),
    )
}

function addRetry(outbox: Command): void {
  outbox
    .command('retry')
    .description('Resend an email that failed or was not sent.')
    .requiredOption('--id <id>', 'ID of the email, from “operator outbox list”')
    .addHelpText('after', '\nExamples:\n  $ guildhall operator outbox retry --id 665f1c2e9b1d4a0012345678')
    .action(
      action<{ id: string }>(async (params, out) => {
        const reply = await withConsole(({ client }) => client.call(api.operator.retryMail, { params, body: {} }))
        out.result(reply, `Queued the email ${params.id}.`)
      }),
    )
}
