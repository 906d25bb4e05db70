import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'

interface ConvertOptions {
  org: string
  confirm?: string
  dryRun?: boolean
}

type Converted = api.ReplyOf<typeof api.managedAccounts.convertSso>

/** `guildhall org managed show | convert | convert-back`: whether an organization owns the accounts of its members. */
export function addOrgManaged(org: Command): void {
  const managed = org.command('managed').description('Managed SSO: accounts that the organization owns.')
  addShow(managed)
  addConvert(managed, true)
  addConvert(managed, false)
}

function addShow(managed: Command): void {
  managed
    .command('show')
    .description('Show whether the organization manages accounts, and what is missing before it can.')
    .requiredOption('--org <name>', 'organization')
    .addHelpText('after', '\nExample:\n  $ HF_TOKEN=… guildhall org managed show --org acme')
    .action(
      action<{ org: string }>(async ({ org }, out) => {
        const found = await withHub(({ client }) => client.call(api.managedAccounts.getManagedSso, { params: { org } }))
        const { managed, accounts, domains, missing } = found
        const lines = [
          managed
            ? `${org} manages ${accounts} ${accounts === 1 ? 'account' : 'accounts'}.`
            : `${org} doesn’t manage accounts.`,
          `Verified domains: ${domains.join(', ') || 'none'}.`,
          ...missing.map((each) => `Missing: ${each}`),
        ]
        out.result(found, lines.join('\n'))
      }),
    )
}

function addConvert(command: Command, managed: boolean): void {
  const name = managed ? 'convert' : 'convert-back'
  const words = managed
    ? 'Convert to Managed SSO: the organization takes over accounts.'
    : 'Convert back to Basic SSO: accounts become the people’s own.'
  command
    .command(name)
    .description(words)
    .requiredOption('--org <name>', 'organization')
    .option('--dry-run', 'preview what happens to whom; change nothing')
    .option('--confirm <name>', 'the name of the organization, to confirm')
    .addHelpText(
      'after',
      `\nExamples:\n  $ guildhall org managed ${name} --org acme --dry-run\n  $ guildhall org managed ${name} --org acme --confirm acme`,
    )
    .action(
      action<ConvertOptions>(async ({ org, confirm, dryRun }, out) => {
        if (!dryRun && confirm !== org) throw new UsageError(`Give --confirm ${org} to convert it, or --dry-run.`)
        const done = await withHub(({ client }) => convert(client, { org, managed, dryRun: dryRun === true }))
        out.result(done, convertedWords(org, done))
      }),
    )
}

async function convert(
  client: api.Client,
  { org, managed, dryRun }: { org: string; managed: boolean; dryRun: boolean },
): Promise<Converted> {
  const call = (body: { mode: 'plan' | 'apply'; managed: boolean; planHash?: string }) =>
    client.call(api.managedAccounts.convertSso, { params: { org }, body })
  const plan = await call({ mode: 'plan', managed })
  return dryRun ? plan : call({ mode: 'apply', managed, planHash: plan.planHash })
}

function convertedWords(org: string, { applied, managed, counts, people }: Converted): string {
  const rows = people.map(({ user, role, outcome, reason }) => [user, role ?? '', outcome, reason ?? ''])
  const total = managed
    ? `Taken over: ${counts.managed}. Managed before: ${counts.already_managed}. Keep their own account: ${counts.own}.`
    : `Released: ${counts.released}.`
  return [
    table(['USER', 'ROLE', 'OUTCOME', 'REASON'], rows, 'No members.'),
    total,
    applied ? `${org} is converted.` : 'Dry run. Nothing was changed.',
  ].join('\n')
}
