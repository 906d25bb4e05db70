import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { type AccountOptions, accountOption, paramsOf } from './one-service-account.ts'
import { action, table } from './output.ts'

type RepoPermission = 'repo.content.read' | 'repo.write'

interface ReachOptions extends AccountOptions {
  name?: string
  permissions?: string
  repo?: string[]
  repoPermission?: RepoPermission
  anyIp?: boolean
}

interface IdOptions extends AccountOptions {
  id: string
}

const repoTypes = new Set<string>(api.repoTypes)

/** The tokens of service accounts: list, create, change, rotate, and delete them. */
export function addServiceTokens(accounts: Command): void {
  addList(accounts)
  addCreate(accounts)
  addEdit(accounts)
  withId(accounts, 'rotate-token', 'Replace the secret of a token. The old one stops working immediately.').action(
    action<IdOptions>(async (options, out) => {
      const made = await withHub(async ({ client }) =>
        client.call(api.serviceAccounts.rotateServiceToken, { params: await tokenOf(client, options) }),
      )
      out.note(`The token ${made.tokenInfo.displayName} has a new secret. It is shown only once:`)
      out.result(made, made.token)
    }),
  )
  withId(accounts, 'delete-token', 'Delete a token. It stops working immediately.').action(
    action<IdOptions>(async (options, out) => {
      await withHub(async ({ client }) =>
        client.call(api.serviceAccounts.deleteServiceToken, { params: await tokenOf(client, options) }),
      )
      out.result({ success: true }, 'Deleted the token.')
    }),
  )
}

function withId(accounts: Command, name: string, description: string): Command {
  return accountOption(accounts.command(name).description(description))
    .requiredOption('--id <id>', 'ID of the token, from “tokens”')
    .addHelpText('after', `\nExamples:\n  $ guildhall service-accounts ${name} --org acme --account acme--ci --id …`)
}

async function tokenOf(client: api.Client, options: IdOptions) {
  return { ...(await paramsOf(client, options)), tokenId: options.id }
}

function addList(accounts: Command): void {
  accountOption(accounts.command('tokens').description('List the tokens of a service account.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall service-accounts tokens --org acme --account acme--ci')
    .action(
      action<AccountOptions>(async (options, out) => {
        const { accessTokens } = await withHub(async ({ client }) =>
          client.call(api.serviceAccounts.getServiceAccount, { params: await paramsOf(client, options) }),
        )
        const rows = accessTokens.map((token) => [
          ...[token._id, token.displayName, token.last4, token.lastUsedAt?.slice(0, 10) ?? 'never'],
          ...[token.permissions.join(','), `${token.repoIds.length}`, token.repoPermissions.join(',')],
        ])
        const header = ['ID', 'NAME', 'ENDS IN', 'LAST USED', 'PERMISSIONS', 'REPOSITORIES', 'ON THEM']
        out.result(accessTokens, table(header, rows, 'No tokens.'))
      }),
    )
}

function addCreate(accounts: Command): void {
  reachOptions(
    accountOption(accounts.command('create-token').description('Create a token. It is shown only once.')),
  ).action(
    action<ReachOptions>(async (options, out) => {
      const made = await withHub(async ({ client }) =>
        client.call(api.serviceAccounts.createServiceToken, {
          params: await paramsOf(client, options),
          body: bodyOf(options),
        }),
      )
      out.note(`Created the token ${made.tokenInfo.displayName}. It is shown only once:`)
      out.result(made, made.token)
    }),
  )
}

function addEdit(accounts: Command): void {
  reachOptions(
    accountOption(accounts.command('edit-token').description('Rename a token, or change what it can access.')),
  )
    .requiredOption('--id <id>', 'ID of the token, from “tokens”')
    .action(
      action<ReachOptions & { id: string }>(async (options, out) => {
        const body = bodyOf(options)
        if (Object.keys(body).length === 0) throw new UsageError('Give --name, --permissions, or --repo.')
        const saved = await withHub(async ({ client }) =>
          client.call(api.serviceAccounts.updateServiceToken, { params: await tokenOf(client, options), body }),
        )
        out.result(saved, `Saved the token ${saved.displayName}.`)
      }),
    )
}

function reachOptions(command: Command): Command {
  return command
    .option('--name <name>', 'name of the token')
    .option('--permissions <permissions>', 'on the whole organization, separated by commas: repo.content.read,org.read')
    .option('--any-ip', 'let it work from any IP address, whatever IP ranges the organization has')
    .option('--no-any-ip', 'restrict it to the IP ranges of the organization')
    .option('--repo <type:name>', 'single repository, such as model:acme/encoder; can be repeated', added)
    .addOption(
      new Option('--repo-permission <permission>', 'on these repositories (default: repo.content.read)').choices([
        'repo.content.read',
        'repo.write',
      ]),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall service-accounts create-token --org acme --account acme--ci --repo model:acme/encoder --repo-permission repo.write',
    )
}

function added(text: string, before: string[] = []): string[] {
  return [...before, text]
}

// Without --repo-permission, repositories can be read
function bodyOf({ name, permissions, repo, repoPermission = 'repo.content.read', anyIp }: ReachOptions) {
  return {
    ...(anyIp !== undefined && { skipNetworkSecurity: anyIp }),
    ...(name !== undefined && { displayName: name }),
    ...(permissions !== undefined && { permissions: permissionsIn(permissions) }),
    ...(repo && { repositories: repo.map(repositoryIn), repoPermissions: [repoPermission] }),
  }
}

function permissionsIn(text: string): api.TokenPermission[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      const permission = api.TokenPermission.safeParse(word).data
      if (permission === undefined)
        throw new UsageError(`“${word}” is not a permission. Use ${api.TokenPermission.options.join(', ')}.`)
      return permission
    })
}

function repositoryIn(text: string): { type: api.RepoType; name: string } {
  const [type = '', name = ''] = text.split(/:(.*)/)
  if (!repoTypes.has(type) || name === '')
    throw new UsageError(`--repo is “${text}”. It must be like model:acme/encoder.`)
  return { type: type as api.RepoType, name }
}
