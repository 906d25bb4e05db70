import { type Command, InvalidArgumentError } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { wholeNumber } from './numbers.ts'
import { action, facts, table } from './output.ts'

type Given = Partial<Record<keyof api.operator.InstanceSettings['storageLimits'], number | 'unlimited'>>

/** `guildhall operator storage list | set | defaults`: who uses how much, and how much they may. */
export function addStorage(operator: Command): void {
  const storage = operator.command('storage').description('Storage used by accounts and organizations, and its limits.')
  addList(storage)
  addSet(storage)
  addDefaults(storage)
}

function addList(storage: Command): void {
  storage
    .command('list')
    .description('List accounts and organizations by the storage that they use, largest first.')
    .option('--search <words>', 'part of the name')
    .option('--limit <number>', 'maximum number, up to 1,000', wholeNumber, 100)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall operator storage list\n  $ guildhall operator storage list --search acme --json',
    )
    .action(
      action<{ search?: string; limit: number }>(async (query, out) => {
        const owners = await withHub(({ client }) => client.call(api.storage.listStorage, { query }))
        const rows = owners.map((owner) => [owner.name, kinds[owner.type], api.sized(owner.used), limitWords(owner)])
        out.result(owners, table(['OWNER', 'TYPE', 'USED', 'LIMIT'], rows, 'No storage is used.'))
      }),
    )
}

const kinds = { user: 'account', org: 'organization' }

function limitWords({ limit, setting }: api.storage.StorageOwner): string {
  const words = limit === null ? 'no limit' : api.sized(limit)
  return setting === 'default' ? `${words} (default)` : words
}

function addSet(storage: Command): void {
  storage
    .command('set')
    .description('Set the storage limit of an account or organization.')
    .requiredOption('--owner <name>', 'username or organization name')
    .requiredOption('--limit <size>', 'size such as 50GB, “unlimited”, or “default”', limitOf)
    .addHelpText(
      'after',
      `
A limit below the current use deletes nothing, but nothing can be added.

Examples:
  $ guildhall operator storage set --owner acme --limit 2TB
  $ guildhall operator storage set --owner grace --limit default`,
    )
    .action(
      action<{ owner: string; limit: api.storage.StorageLimit }>(async ({ owner, limit }, out) => {
        const input = { params: { owner }, body: { limit } }
        const set = await withHub(({ client }) => client.call(api.storage.setStorageLimit, input))
        out.result(set, `${set.name}: ${api.sized(set.used)} used, ${limitWords(set)}.`)
      }),
    )
}

function limitOf(words: string): api.storage.StorageLimit {
  if (words === 'unlimited' || words === 'default') return words
  const bytes = api.bytesIn(words)
  if (bytes !== undefined) return bytes
  throw new InvalidArgumentError('It must be a size such as 50GB, “unlimited”, or “default”.')
}

// Commander takes null for an option that was not given
function defaultOf(words: string): number | 'unlimited' {
  if (words === 'unlimited') return words
  const bytes = api.bytesIn(words)
  if (bytes !== undefined) return bytes
  throw new InvalidArgumentError('It must be a size such as 50GB, or “unlimited”.')
}

function addDefaults(storage: Command): void {
  storage
    .command('defaults')
    .description('Show or set the default storage limits.')
    .option('--accounts <size>', 'of each account; “unlimited” for no limit', defaultOf)
    .option('--open-sign-up <size>', 'of accounts from open sign-up, and of organizations that they create', defaultOf)
    .option('--organizations <size>', 'of each organization', defaultOf)
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall operator storage defaults
  $ guildhall operator storage defaults --accounts 100GB --open-sign-up 5GB --organizations unlimited`,
    )
    .action(
      action<Given>(async (given, out) => {
        const storageLimits = Object.fromEntries(
          Object.entries(given).map(([of, limit]) => [of, limit === 'unlimited' ? null : limit]),
        )
        const { storageLimits: set } = await withHub(({ client }) =>
          Object.keys(storageLimits).length === 0
            ? client.call(api.operator.getInstanceSettings, {})
            : client.call(api.operator.updateInstanceSettings, { body: { storageLimits } }),
        )
        const words = (limit: number | null) => (limit === null ? 'no limit' : api.sized(limit))
        const rows: [string, string][] = [
          ['accounts', words(set.accounts)],
          ['open sign-up', words(set.openSignUp)],
          ['organizations', words(set.organizations)],
        ]
        out.result(set, facts(rows))
      }),
    )
}
