import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'
import { everyPage } from './pages.ts'
import { recoveryRequestTable, recoveryRequestWords } from './recovery.ts'

/** `guildhall operator recovery list | request | approve | withdraw`: two operators make a person admin. */
export function addOperatorRecovery(operator: Command): void {
  const recovery = operator
    .command('recovery')
    .description(
      'Make a person admin of an organization without active admins. Needs two site admins, or one and 72 hours.',
    )
  addList(recovery)
  addRecoveryRequest(recovery)
  addStep(recovery, 'approve', 'Approve a recovery request of another site admin.', api.recovery.approveRecoveryRequest)
  addStep(recovery, 'withdraw', 'Withdraw a recovery request of site admins.', api.recovery.withdrawAsOperator)
}

function addList(recovery: Command): void {
  recovery
    .command('list')
    .description('List the recovery requests of all organizations, latest first.')
    .addHelpText('after', '\nExamples:\n  $ guildhall operator recovery list')
    .action(
      action<object>(async (_options, out) => {
        const rows = await withHub(async ({ client }) => {
          const operation = api.recovery.listRecoveries
          return everyPage(client, operation, await client.answer(operation, { query: { limit: 1000 } }))
        })
        out.result(rows, recoveryRequestTable(rows))
      }),
    )
}

function addRecoveryRequest(recovery: Command): void {
  recovery
    .command('request')
    .description('Open a recovery request. The command line on the server counts as one site admin.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--user <name>', 'the person who becomes admin; can be a non-member')
    .requiredOption('--reason <words>', 'reason, at least 10 characters, sent to everyone involved')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall operator recovery request --org acme --user grace --reason "Ada has left the company."',
    )
    .action(
      action<{ org: string; user: string; reason: string }>(async ({ org, user, reason }, out) => {
        const input = { params: { org }, body: { username: user, reason } }
        const reply = await withHub(({ client }) => client.call(api.recovery.requestRecoveryAsOperator, input))
        out.result(reply, recoveryRequestWords(reply))
      }),
    )
}

function addStep(
  recovery: Command,
  name: 'approve' | 'withdraw',
  description: string,
  operation: typeof api.recovery.approveRecoveryRequest | typeof api.recovery.withdrawAsOperator,
): void {
  recovery
    .command(name)
    .description(description)
    .requiredOption('--id <id>', 'ID of the recovery request, from “operator recovery list”')
    .addHelpText('after', `\nExamples:\n  $ guildhall operator recovery ${name} --id 665f1c2e9b1d4a0012345678`)
    .action(
      action<{ id: string }>(async (params, out) => {
        const reply: api.recovery.RecoveryRequest = await withHub(({ client }) =>
          client.call(operation, { params, body: {} }),
        )
        out.result(reply, recoveryRequestWords(reply))
      }),
    )
}
