import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { addOrgAvatar } from './avatar.ts'
import { surroundings } from './environment.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { wholeNumber } from './numbers.ts'
import { addApiToken } from './org-api-token.ts'
import { addEnds } from './org-end.ts'
import { addOrgManaged } from './org-managed.ts'
import { addProfile } from './org-profile.ts'
import { addSettings } from './org-settings.ts'
import { addOrgSso } from './org-sso.ts'
import { addSuccessors } from './org-successors.ts'
import { addOrgTokens } from './org-tokens.ts'
import { action } from './output.ts'

interface OrganizationOptions {
  name: string
  fullname?: string
  admin?: string
  plan?: api.Plan
}

/** `guildhall org …`: makes, changes, and deletes organizations, and leaves them. */
export function addOrg(program: Command): void {
  const org = program.command('org').description('Organizations.')
  addCreate(org)
  addSet(org)
  addSettings(org)
  addProfile(org)
  addOrgAvatar(org)
  addSuccessors(org)
  addApiToken(org)
  addOrgTokens(org)
  addOrgSso(org)
  addOrgManaged(org)
  addEnds(org)
}

function addCreate(org: Command): void {
  org
    .command('create')
    .description('Create an organization with its first admin.')
    .requiredOption('--name <name>', 'name')
    .option('--fullname <name>', 'full name')
    .option('--admin <username>', 'first admin (default with HF_TOKEN: you)')
    .addOption(
      new Option('--plan <plan>', 'plan, for site admins (default: the plan of new organizations)').choices(api.plans),
    )
    .addHelpText(
      'after',
      `
Only site admins can set --plan, or name another person as --admin.

Examples:
  $ guildhall org create --name acme --admin ada
  $ HF_TOKEN=… guildhall org create --name acme --fullname "Acme Research" --json`,
    )
    .action(
      action<OrganizationOptions>(async (options, out) => {
        if (options.admin === undefined) refuseWithoutAdmin(options)
        const made = await withHub(({ client }) => createOrganization(client, options))
        out.result(made, `Created the organization ${made.name}.`)
      }),
    )
}

function refuseWithoutAdmin({ plan }: OrganizationOptions): void {
  if (surroundings.token === undefined)
    throw new UsageError('--admin is required. Name the first admin of the organization.')
  if (plan !== undefined) throw new UsageError('--plan requires --admin. Name the first admin of the organization.')
}

async function createOrganization(client: api.Client, { name, fullname, admin, plan }: OrganizationOptions) {
  if (admin === undefined) return client.call(api.organizations.createOrganization, { body: { name, fullname } })
  return client.call(api.operator.createOrganizationFor, { body: { name, fullname, admin, plan } })
}

interface SetOptions {
  org: string
  plan?: api.Plan
  seatLimit?: number | 'none'
}

function addSet(org: Command): void {
  org
    .command('set')
    .description('Change the plan or the seat limit of an organization. For site admins.')
    .requiredOption('--org <name>', 'organization')
    .addOption(new Option('--plan <plan>', 'plan').choices(api.plans))
    .option('--seat-limit <number>', 'seat limit; “none” for no limit', limitOf)
    .addHelpText(
      'after',
      `
A limit below the current use removes no members, but no one else can join.

Examples:
  $ guildhall org set --org acme --seat-limit 50
  $ guildhall org set --org acme --plan team --seat-limit none --json`,
    )
    .action(
      action<SetOptions>(async ({ org, plan, seatLimit }, out) => {
        if (plan === undefined && seatLimit === undefined) throw new UsageError('Give --plan, --seat-limit, or both.')
        const operation = api.operator.updateOrganizationPlan
        const body = { plan, seatLimit: seatLimit === 'none' ? null : seatLimit }
        const set = await withHub(({ client }) => client.call(operation, { params: { org }, body }))
        const seats = set.seatLimit === null ? 'no seat limit' : `a limit of ${set.seatLimit} seats`
        out.result(set, `${set.name} is on the ${set.plan} plan with ${seats}.`)
      }),
    )
}

function limitOf(words: string): number | 'none' {
  return words === 'none' ? words : wholeNumber(words)
}
