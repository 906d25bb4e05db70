import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { action, type Output, table } from './output.ts'
import { askPassword, type PasswordOptions, passwordFrom, passwordOptions } from './password.ts'
import { withSession } from './session-client.ts'
import { addScope, scopeOf } from './token-scope.ts'

interface SessionOptions extends PasswordOptions {
  user: string
  code?: string
}

interface IdOptions extends SessionOptions {
  id: string
}

interface EditOptions extends IdOptions {
  name?: string
  scope?: string[]
}

type Token = api.ReplyOf<typeof api.tokens.updateToken>

/** `guildhall tokens list | edit | rotate | delete`: one's own tokens, with one's password, as no token reaches them. */
export function addOwnTokens(tokens: Command): void {
  own(tokens, 'list', 'List your access tokens.', '').action(
    act<SessionOptions>(async (client, _options, out) => {
      const rows = await client.call(api.tokens.listTokens)
      out.result(
        rows,
        table(
          ['ID', 'NAME', 'ROLE', 'ENDS IN', 'LAST USED', 'ORGANIZATIONS', 'SCOPE'],
          rows.map(cells),
          'No access tokens.',
        ),
      )
    }),
  )
  withId(own(tokens, 'edit', 'Rename a token, or replace the scope of a fine-grained one.', ' --id … --name ci'))
    .option('--name <name>', 'new name')
    .option('--scope <scope>', 'new scope, as for “tokens create”; can be repeated', addScope)
    .action(
      act<EditOptions>(async (client, { id, name, scope }, out) => {
        if (name === undefined && scope === undefined) throw new UsageError('Give --name or --scope.')
        const body = { ...(name !== undefined && { name }), ...(scope && { fineGrained: scopeOf(scope) }) }
        const token = await client.call(api.tokens.updateToken, { params: { id }, body })
        out.result(token, [`Saved the token ${token.name}.`, ...api.scopeInWords(token)].join('\n'))
      }),
    )
  withId(
    own(tokens, 'rotate', 'Replace the secret of a token. The old one stops working immediately.', ' --id …'),
  ).action(
    act<IdOptions>(async (client, { id }, out) => {
      const token = await client.call(api.tokens.rotateToken, { params: { id } })
      out.note(`The token ${token.name} has a new secret. It is shown only once:`)
      out.result(token, token.token)
    }),
  )
  withId(own(tokens, 'delete', 'Delete a token. It stops working immediately.', ' --id …')).action(
    act<IdOptions>(async (client, { id }, out) => {
      out.result(await client.call(api.tokens.deleteToken, { params: { id } }), 'Deleted the token.')
    }),
  )
}

function own(tokens: Command, name: string, description: string, example: string): Command {
  return passwordOptions(
    tokens.command(name).description(description).requiredOption('--user <username>', 'your username'),
  )
    .option('--code <code>', 'one-time code, if 2FA is on')
    .addHelpText(
      'after',
      `
Access tokens can’t manage tokens. The command signs in at HF_ENDPOINT with your password: from --password-stdin,
GUILDHALL_PASSWORD, or a prompt.

Example:
  $ guildhall tokens ${name} --user ada${example}`,
    )
}

function withId(command: Command): Command {
  return command.requiredOption('--id <id>', 'ID of the token, from “tokens list”')
}

function act<O extends SessionOptions>(work: (client: api.Client, options: O, out: Output) => Promise<void>) {
  return action<O>(async (options, out) => {
    const { user: username, code } = options
    const password = (await passwordFrom(options)) ?? (await askPassword('Password: '))
    if (password === undefined) throw new UsageError('Give your password with --password-stdin.')
    await withSession({ username, password, code }, (client) => work(client, options, out))
  })
}

function cells(token: Token): string[] {
  const { id, name, role, last4, lastUsedAt, organizations } = token
  const standings = organizations.map((each) => `${each.name}: ${each.state}`).join(', ')
  const words = role === 'fineGrained' ? 'fine-grained' : role
  return [id, name, words, last4, lastUsedAt?.slice(0, 10) ?? 'never', standings, api.scopeInWords(token).join(' ')]
}
