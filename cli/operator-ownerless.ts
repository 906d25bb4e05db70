import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

const exampleId = '665f1c2e9b1d4a0012345678'
const idFlag = ['--id <id>', 'ID of the repository, from “operator ownerless list”'] as const

/** `guildhall operator ownerless list | transfer | delete`: repositories of accounts that were deleted. */
export function addOwnerless(operator: Command): void {
  const ownerless = operator.command('ownerless').description('Repositories of accounts that were deleted.')
  addList(ownerless)
  addTransfer(ownerless)
  addDelete(ownerless)
}

function addList(ownerless: Command): void {
  ownerless
    .command('list')
    .description('List repositories without an owner.')
    .addHelpText('after', '\nExamples:\n  $ guildhall operator ownerless list')
    .action(
      action(async (_options, out) => {
        const operation = api.operator.listOwnerless
        const found: api.ReplyOf<typeof operation> = await withHub(async ({ client }) =>
          everyPage(client, operation, await client.answer(operation, { query: { limit: 1000 } })),
        )
        const rows = found.map(({ id, type, name, private: isPrivate, storage }) => [
          ...[id, type, name, isPrivate ? 'private' : 'public', api.sized(storage)],
        ])
        out.result(
          found,
          table(['ID', 'TYPE', 'NAME', 'VISIBILITY', 'SIZE'], rows, 'No repositories without an owner.'),
        )
      }),
    )
}

function addTransfer(ownerless: Command): void {
  ownerless
    .command('transfer')
    .description(
      'Transfer a public repository without an owner to an account or organization. Private ones can only be deleted.',
    )
    .requiredOption(...idFlag)
    .requiredOption('--to <name>', 'new name, namespace/name')
    .addHelpText(
      'after',
      `\nExamples:\n  $ guildhall operator ownerless transfer --id ${exampleId} --to acme/tokenizer`,
    )
    .action(
      action<{ id: string; to: string }>(async ({ id, to }, out) => {
        const input = { params: { id }, body: { toRepo: to } }
        const reply = await withHub(({ client }) => client.call(api.operator.transferOwnerless, input))
        out.result(reply, `Transferred the repository to ${to}.`)
      }),
    )
}

function addDelete(ownerless: Command): void {
  ownerless
    .command('delete')
    .description('Delete a repository without an owner, with all of its files.')
    .requiredOption(...idFlag)
    .addHelpText('after', `\nExamples:\n  $ guildhall operator ownerless delete --id ${exampleId}`)
    .action(
      action<{ id: string }>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.operator.deleteOwnerless, { params }))
        out.result(reply, `Deleted the repository ${params.id}.`)
      }),
    )
}
