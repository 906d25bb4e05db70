import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, facts } from './output.ts'

interface PolicyOptions {
  org: string
  accept?: string
  maxLifetimeDays?: string
  dryRun?: boolean
}

type Policy = api.ReplyOf<typeof api.orgTokens.getTokenPolicy>
type Changed = api.ReplyOf<typeof api.orgTokens.setTokenPolicy>

/** `guildhall org tokens policy`: shows which tokens an organization accepts, or sets it and lists those that stop working. */
export function addTokenPolicy(tokens: Command): void {
  tokens
    .command('policy')
    .description('Show or set which access tokens an organization accepts.')
    .requiredOption('--org <name>', 'organization')
    .addOption(
      new Option('--accept <tokens>', 'tokens that are accepted').choices(
        api.settingChoices('tokenPolicy')?.map(String) ?? [],
      ),
    )
    .option('--max-lifetime-days <days>', 'longest time from creation to expiration, or “none”')
    .option('--dry-run', 'preview only: list the tokens that would stop working')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org tokens policy --org acme
  $ guildhall org tokens policy --org acme --accept approval --max-lifetime-days 90 --dry-run`,
    )
    .action(
      action<PolicyOptions>(async (options, out) => {
        const policy = await withHub(({ client }) => showOrSet(client, options))
        out.result(policy, wordsOf(policy))
      }),
    )
}

async function showOrSet(client: api.Client, options: PolicyOptions): Promise<Policy | Changed> {
  const params = { org: options.org }
  const now = await client.call(api.orgTokens.getTokenPolicy, { params })
  if (options.accept === undefined && options.maxLifetimeDays === undefined) return now
  const body = {
    tokenPolicy: (options.accept ?? now.tokenPolicy) as Policy['tokenPolicy'],
    tokenMaxLifetimeDays: daysOf(options.maxLifetimeDays, now.tokenMaxLifetimeDays),
  }
  const query = options.dryRun ? { dryRun: 'true' as const } : {}
  return client.call(api.orgTokens.setTokenPolicy, { params, query, body })
}

function daysOf(words: string | undefined, before: number | null): number | null {
  if (words === undefined) return before
  if (words === 'none') return null
  const days = Number(words)
  if (Number.isSafeInteger(days) && days > 0) return days
  throw new UsageError('--max-lifetime-days must be a whole number of days, or “none”.')
}

function wordsOf(policy: Policy | Changed): string {
  const rows = facts([
    ['accepted', policy.tokenPolicy],
    ['longest lifetime in days', String(policy.tokenMaxLifetimeDays ?? 'none')],
  ])
  if (!('affected' in policy)) return rows
  const { affected, dryRun } = policy
  const more = affected.count - affected.tokens.length
  return [
    rows,
    `Tokens that stop working: ${affected.count}.`,
    ...affected.tokens.map(({ id, owner, last4 }) => `  ${id}  ${owner.user}  …${last4}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(dryRun ? ['Dry run. Nothing was changed.'] : []),
  ].join('\n')
}
