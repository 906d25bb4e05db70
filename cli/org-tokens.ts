import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { readGivenFile } from './given-file.ts'
import { withHub } from './hub.ts'
import { addTokenPolicy } from './org-token-policy.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

interface ListOptions {
  org: string
  state?: api.tokens.OrgTokenState
  owner?: string
  unused?: boolean
  neverRotated?: boolean
  expiresSoon?: boolean
  broad?: boolean
}

interface OneOptions {
  org: string
  id: string
}

interface RevokeOptions {
  org: string
  id?: string
  valueStdin?: boolean
}

/** `guildhall org tokens list | approve | deny | revoke | policy`: the access tokens that can reach an organization. */
export function addOrgTokens(org: Command): void {
  const tokens = org.command('tokens').description('Access tokens that can access an organization.')
  addList(tokens)
  addReview(tokens, 'approve', 'Approve a fine-grained token, if the organization requires approval.')
  addReview(tokens, 'deny', 'Deny a fine-grained token, if the organization requires approval.')
  addRevoke(tokens)
  addTokenPolicy(tokens)
}

function addList(tokens: Command): void {
  orgOption(tokens.command('list').description('List the tokens that can access an organization, newest first.'))
    .addOption(
      new Option('--state <state>', 'tokens in this state (default: all but revoked)').choices(
        api.tokens.OrgTokenState.options,
      ),
    )
    .option('--owner <username>', 'tokens of this person')
    .option('--unused', `tokens that were not used for ${api.orgTokens.unusedDays} days`)
    .option('--never-rotated', 'tokens that still have their first secret')
    .option('--expires-soon', `tokens that expire within ${api.orgTokens.expiresSoonDays} days`)
    .option('--broad', 'tokens that can change things in the whole organization')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org tokens list --org acme --state pending
  $ guildhall org tokens list --org acme --unused --json`,
    )
    .action(
      action<ListOptions>(async ({ org, ...options }, out) => {
        const rows = await withHub(async ({ client }) => {
          const operation = api.orgTokens.listOrgTokens
          const first = await client.answer(operation, { params: { org }, query: queryOf(options) })
          return everyPage(client, operation, first)
        })
        const head = ['ID', 'OWNER', 'ROLE', 'ENDS IN', 'STATE', 'CREATED', 'LAST USED', 'EXPIRES', 'SCOPE']
        out.result(rows, table(head, rows.map(cells), 'No tokens.'))
      }),
    )
}

function queryOf({ state, owner, unused, neverRotated, expiresSoon, broad }: Omit<ListOptions, 'org'>) {
  return {
    limit: 1000,
    ...(state && { state }),
    ...(owner !== undefined && { owner }),
    ...(unused && { unused: 'true' as const }),
    ...(neverRotated && { neverRotated: 'true' as const }),
    ...(expiresSoon && { expiresSoon: 'true' as const }),
    ...(broad && { broad: 'true' as const }),
  }
}

function cells(token: api.orgTokens.OrgToken): string[] {
  const { id, owner, role, last4, state, createdAt, lastUsedAt, expiresAt } = token
  return [
    id,
    owner.user,
    role === 'fineGrained' ? 'fine-grained' : role,
    last4,
    state,
    createdAt.slice(0, 10),
    lastUsedAt?.slice(0, 10) ?? 'never',
    expiresAt?.slice(0, 10) ?? 'never',
    api.scopeInWords(token).join(' '),
  ]
}

function addReview(tokens: Command, deed: 'approve' | 'deny', description: string): void {
  const operation = deed === 'approve' ? api.orgTokens.approveOrgToken : api.orgTokens.denyOrgToken
  orgOption(tokens.command(deed).description(description))
    .requiredOption('--id <id>', 'ID of the token, from “org tokens list”')
    .addHelpText('after', `\nExample:\n  $ guildhall org tokens ${deed} --org acme --id 665f1c2e9b1d4a0012345678`)
    .action(
      action<OneOptions>(async (params, out) => {
        const token = await withHub(({ client }) => client.call(operation, { params }))
        out.result(token, `The token of ${token.owner.user} that ends in ${token.last4} is ${token.state}.`)
      }),
    )
}

function addRevoke(tokens: Command): void {
  orgOption(tokens.command('revoke').description('Revoke a token for an organization. This can’t be undone.'))
    .option('--id <id>', 'ID of the token, from “org tokens list”')
    .option('--value-stdin', 'read the token itself from standard input, for example one that leaked')
    .addHelpText(
      'after',
      `
The token still works elsewhere.

Examples:
  $ guildhall org tokens revoke --org acme --id 665f1c2e9b1d4a0012345678
  $ guildhall org tokens revoke --org acme --value-stdin < leaked.txt`,
    )
    .action(
      action<RevokeOptions>(async (options, out) => {
        const token = await withHub(({ client }) => revoke(client, options))
        out.result(token, `Revoked the token of ${token.owner.user} that ends in ${token.last4}.`)
      }),
    )
}

async function revoke(client: api.Client, { org, id, valueStdin }: RevokeOptions): Promise<api.orgTokens.OrgToken> {
  if ((id === undefined) !== (valueStdin === true)) throw new UsageError('Give either --id or --value-stdin.')
  if (id !== undefined) return client.call(api.orgTokens.revokeOrgToken, { params: { org, id } })
  const token = (await readGivenFile('-')).toString().trim()
  return client.call(api.orgTokens.revokeOrgTokenByValue, { params: { org }, body: { token } })
}

function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}
