import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'
import { everyPage } from './pages.ts'
import { petitionTable, petitionWords } from './recovery.ts'

/** `guildhall operator recovery list | petition | approve | withdraw`: two operators make somebody admin. */
export function addOperatorRecovery(operator: Command): void {
  const recovery = operator
    .command('recovery')
    .description('Make somebody admin of an organization without one: two operators, or one after 72 hours.')
  addList(recovery)
  addPetition(recovery)
  addStep(recovery, 'approve', 'Approve what another operator began.', api.recovery.approvePetition)
  addStep(recovery, 'withdraw', 'Take back what operators began.', api.recovery.withdrawAsOperator)
}

function addList(recovery: Command): void {
  recovery
    .command('list')
    .description('List the petitions of every organization, the latest first.')
    .addHelpText('after', '\nExamples:\n  $ guildhall operator recovery list')
    .action(
      action<object>(async (_options, out) => {
        const rows = await withHub(async ({ client }) => {
          const operation = api.recovery.listRecoveries
          return everyPage(client, operation, await client.answer(operation, { query: { limit: 1000 } }))
        })
        out.result(rows, petitionTable(rows))
      }),
    )
}

function addPetition(recovery: Command): void {
  recovery
    .command('petition')
    .description('Begin to make a person admin; the command line on the server counts as one operator.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--user <name>', 'who is to become admin; they need not be a member')
    .requiredOption('--reason <words>', 'why, in at least 10 characters; told to everybody concerned')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall operator recovery petition --org acme --user grace --reason "Ada has left the company."',
    )
    .action(
      action<{ org: string; user: string; reason: string }>(async ({ org, user, reason }, out) => {
        const input = { params: { org }, body: { username: user, reason } }
        const reply = await withHub(({ client }) => client.call(api.recovery.petitionAsOperator, input))
        out.result(reply, petitionWords(reply))
      }),
    )
}

function addStep(
  recovery: Command,
  name: 'approve' | 'withdraw',
  description: string,
  operation: typeof api.recovery.approvePetition | typeof api.recovery.withdrawAsOperator,
): void {
  recovery
    .command(name)
    .description(description)
    .requiredOption('--id <id>', 'the petition, as “operator recovery list” shows it')
    .addHelpText('after', `\nExamples:\n  $ guildhall operator recovery ${name} --id 665f1c2e9b1d4a0012345678`)
    .action(
      action<{ id: string }>(async (params, out) => {
        const reply: api.recovery.Petition = await withHub(({ client }) => client.call(operation, { params, body: {} }))
        out.result(reply, petitionWords(reply))
      }),
    )
}
