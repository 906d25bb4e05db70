import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { withConsole } from './hub.ts'
import { momentOf } from './moments.ts'
import { action } from './output.ts'

interface TokenOptions {
  user: string
  role: 'read' | 'write'
  name: string
  expires?: string
}

/** `guildhall tokens create`: makes access tokens for accounts of the hub on this machine. */
export function addTokens(program: Command): void {
  const tokens = program.command('tokens').description('Access tokens.')
  tokens
    .command('create')
    .description('Create an access token for an account, on the server. HF_TOKEN is not used.')
    .requiredOption('--user <username>', 'owner of the token')
    .addOption(new Option('--role <role>', 'role of the token').choices(['read', 'write']).makeOptionMandatory())
    .option('--name <name>', 'name of the token', 'command line')
    .option('--expires <when>', 'expiration: a date, or a duration such as 90d (default: never)')
    .addHelpText(
      'after',
      `
The only output on standard output is the token. It is shown only once.

Examples:
  $ export HF_TOKEN=$(guildhall tokens create --user ada --role write)
  $ guildhall tokens create --user ada --role read --name backup --expires 90d --json
  $ guildhall tokens create --user ada --role read --expires 2030-01-31`,
    )
    .action(
      action<TokenOptions>(async ({ user, role, name, expires }, out) => {
        const body = { name, role, expiresAt: expires === undefined ? undefined : momentOf('--expires', expires) }
        const token = await withConsole(({ client }) =>
          client.call(api.operator.createTokenFor, { params: { username: user }, body }),
        )
        out.note(
          `A ${role} token of ${user}${token.expiresAt ? `, valid until ${token.expiresAt}` : ''}. It is shown only once:`,
        )
        out.result(token, token.token)
      }),
    )
}
