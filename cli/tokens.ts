import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withConsole } from './hub.ts'
import { addLeakedTokens } from './leaked-tokens.ts'
import { momentOf } from './moments.ts'
import { action } from './output.ts'
import { addOwnTokens } from './own-tokens.ts'
import { addScope, scopeOf } from './token-scope.ts'

interface TokenOptions {
  user: string
  role: 'read' | 'write' | 'fine-grained'
  scope?: string[]
  name: string
  expires?: string
}

/** `guildhall tokens …`: access tokens of accounts of the hub on this machine, and one's own. */
export function addTokens(program: Command): void {
  const tokens = program.command('tokens').description('Access tokens.')
  tokens
    .command('create')
    .description('Create an access token for an account, on the server. HF_TOKEN is not used.')
    .requiredOption('--user <username>', 'owner of the token')
    .addOption(
      new Option('--role <role>', 'role of the token').choices(['read', 'write', 'fine-grained']).makeOptionMandatory(),
    )
    .option('--scope <scope>', 'what a fine-grained token can access; can be repeated', addScope)
    .option('--name <name>', 'name of the token', 'command line')
    .option('--expires <when>', 'expiration: a date, or a duration such as 90d (default: never)')
    .addHelpText(
      'after',
      `
The only output on standard output is the token. It is shown only once.

A scope is what the token can access, and its permissions: model:acme/encoder=repo.write. It can start with model, dataset,
space, group (group:acme/speech), org (org:acme), or user (the account itself: user=repo.content.read).

Examples:
  $ export HF_TOKEN=$(guildhall tokens create --user ada --role write)
  $ guildhall tokens create --user ada --role read --name backup --expires 90d --json
  $ guildhall tokens create --user ada --role fine-grained --scope model:acme/encoder=repo.write
  $ guildhall tokens create --user ada --role read --expires 2030-01-31`,
    )
    .action(
      action<TokenOptions>(async (options, out) => {
        const { user, role } = options
        const body = bodyOf(options)
        const token = await withConsole(({ client }) =>
          client.call(api.operator.createTokenFor, { params: { username: user }, body }),
        )
        out.note(
          `A ${role} token of ${user}${token.expiresAt ? `, valid until ${token.expiresAt}` : ''}. It is shown only once:`,
        )
        out.result(token, token.token)
      }),
    )
  addOwnTokens(tokens)
  addLeakedTokens(tokens)
}

function bodyOf({ role, scope, name, expires }: TokenOptions) {
  const isFine = role === 'fine-grained'
  if (isFine !== (scope !== undefined))
    throw new UsageError(isFine ? 'Give at least one --scope.' : '--scope is for --role fine-grained only.')
  return {
    name,
    role: isFine ? ('fineGrained' as const) : role,
    ...(scope && { fineGrained: scopeOf(scope) }),
    expiresAt: expires === undefined ? undefined : momentOf('--expires', expires),
  }
}
