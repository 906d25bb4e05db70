import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'
import { type SignInOptions, signInFrom, signInOptions } from './password.ts'
import { withSession } from './session-client.ts'

/** `guildhall org delete | restore | leave`: the ends of an organization, and of one's own membership. */
export function addEnds(org: Command): void {
  addDelete(org)
  addRestore(org)
  addLeave(org)
}

interface DeleteOptions extends SignInOptions {
  org: string
  confirm?: string
  dryRun?: boolean
}

type Deleted = api.ReplyOf<typeof api.organizations.deleteOrganization>

function addDelete(org: Command): void {
  signInOptions(
    org
      .command('delete')
      .description('Delete an organization with everything in it. Admins can restore it for 30 days.')
      .requiredOption('--org <name>', 'organization'),
  )
    .option('--confirm <name>', 'the name of the organization, to confirm')
    .option('--dry-run', 'preview only; change nothing')
    .addHelpText(
      'after',
      `
Access tokens can’t delete an organization. The command signs in at HF_ENDPOINT with your password: from --password-stdin,
GUILDHALL_PASSWORD, or a prompt.

Examples:
  $ guildhall org delete --org acme --user ada --dry-run
  $ guildhall org delete --org acme --user ada --code 123456 --confirm acme --json`,
    )
    .action(
      action<DeleteOptions>(async (options, out) => {
        const { org, confirm, dryRun } = options
        if (!dryRun && confirm !== org) throw new UsageError(`Give --confirm ${org} to delete it, or --dry-run.`)
        const input = { params: { org }, query: dryRun ? { dryRun: 'true' as const } : {}, body: { confirm } }
        const done = await withSession(await signInFrom(options), (client) =>
          client.call(api.organizations.deleteOrganization, input),
        )
        out.result(done, deletedWords(options, done))
      }),
    )
}

function deletedWords({ org, dryRun }: DeleteOptions, { loses, restorableUntil }: Deleted): string {
  const what = `Members: ${loses.members}. Repositories: ${loses.repositories}. Resource groups: ${loses.resourceGroups}.`
  if (dryRun) return `This would delete ${org}. ${what}\nDry run. Nothing was changed.`
  return `Deleted ${org}. ${what}\nAdmins can restore it until ${restorableUntil}.`
}

function addRestore(org: Command): void {
  org
    .command('restore')
    .description('Restore a deleted organization within 30 days, as a former admin or a site admin.')
    .requiredOption('--org <name>', 'organization')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall org restore --org acme\n  $ guildhall org restore --org acme --json',
    )
    .action(
      action<{ org: string }>(async (params, out) => {
        const operation = api.organizations.restoreOrganization
        const restored = await withHub(({ client }) => client.call(operation, { params }))
        out.result(restored, `Restored ${params.org}.`)
      }),
    )
}

function addLeave(org: Command): void {
  org
    .command('leave')
    .description('Leave an organization.')
    .requiredOption('--org <name>', 'organization')
    .option('--dry-run', 'preview only; change nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org leave --org acme --dry-run
  $ guildhall org leave --org acme --json`,
    )
    .action(
      action<{ org: string; dryRun?: boolean }>(async ({ org, dryRun }, out) => {
        const query = dryRun ? { dryRun: 'true' as const } : {}
        const left = await withHub(({ client }) =>
          client.call(api.members.leaveOrganization, { params: { org }, query }),
        )
        const loses = left.loses.map((line) => `  ${line}`)
        const words = dryRun
          ? [`Leaving ${org}, you would lose the ${left.removed.role} role.`, ...loses]
          : [`You left ${org}.`]
        out.result(left, words.join('\n'))
      }),
    )
}
