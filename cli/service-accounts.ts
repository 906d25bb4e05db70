import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import {
  type AccountOptions,
  accountOption,
  listOf,
  type OrgOptions,
  orgOption,
  paramsOf,
} from './one-service-account.ts'
import { action, table } from './output.ts'
import { addServiceTokens } from './service-tokens.ts'

interface SetOptions extends AccountOptions {
  name?: string
  description?: string
  owner?: string
}

type Account = api.serviceAccounts.ServiceAccountDetails

/** `guildhall service-accounts …`: accounts of programs that belong to an organization, and their tokens. */
export function addServiceAccounts(program: Command): void {
  const accounts = program
    .command('service-accounts')
    .description('Service accounts of an organization, and their tokens.')
  addList(accounts)
  addCreate(accounts)
  addSet(accounts)
  addDelete(accounts)
  addServiceTokens(accounts)
}

function addList(accounts: Command): void {
  orgOption(accounts.command('list').description('List the service accounts of an organization.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall service-accounts list --org acme')
    .action(
      action<OrgOptions>(async ({ org }, out) => {
        const rows = await withHub(({ client }) => listOf(client, org))
        out.result(rows, table(['ID', 'USER', 'NAME', 'OWNER', 'TOKENS'], rows.map(cells), 'No service accounts.'))
      }),
    )
}

function cells({ id, user, name, owner, tokens }: Account): string[] {
  return [id, user, name, owner?.user ?? 'none', String(tokens.length)]
}

function addCreate(accounts: Command): void {
  orgOption(accounts.command('create').description('Create a service account. It can do nothing until it has a token.'))
    .requiredOption('--name <name>', 'name, for example “Nightly training”')
    .option('--description <text>', 'what it is used for')
    .option('--owner <username>', 'owner, a member (default: you)')
    .addHelpText('after', '\nExamples:\n  $ guildhall service-accounts create --org acme --name "Nightly training"')
    .action(
      action<OrgOptions & { name: string; description?: string; owner?: string }>(async ({ org, ...body }, out) => {
        const made = await withHub(({ client }) =>
          client.call(api.serviceAccounts.createServiceAccount, { params: { org }, body }),
        )
        out.result(made, `Created the service account ${made.user}.`)
      }),
    )
}

function addSet(accounts: Command): void {
  accountOption(accounts.command('set').description('Change the name, description, or owner.'))
    .option('--name <name>', 'new name')
    .option('--description <text>', 'new description')
    .option('--owner <username>', 'new owner, a member')
    .addHelpText('after', '\nExamples:\n  $ guildhall service-accounts set --org acme --account acme--ci --owner grace')
    .action(
      action<SetOptions>(async ({ org, account, ...body }, out) => {
        if (Object.keys(body).length === 0) throw new UsageError('Give --name, --description, or --owner.')
        const saved = await withHub(async ({ client }) => {
          const params = await paramsOf(client, { org, account })
          return client.call(api.serviceAccounts.updateServiceAccount, { params, body })
        })
        out.result(saved, `Saved the service account ${saved.user}.`)
      }),
    )
}

function addDelete(accounts: Command): void {
  accountOption(
    accounts.command('delete').description('Delete a service account and its tokens. They stop working immediately.'),
  )
    .addHelpText('after', '\nExamples:\n  $ guildhall service-accounts delete --org acme --account acme--ci')
    .action(
      action<AccountOptions>(async (options, out) => {
        await withHub(async ({ client }) => {
          const params = await paramsOf(client, options)
          return client.call(api.serviceAccounts.deleteServiceAccount, { params })
        })
        out.result({ success: true }, `Deleted the service account ${options.account}.`)
      }),
    )
}
