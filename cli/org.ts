import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { surroundings } from './environment.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'

interface OrganizationOptions {
  name: string
  fullname?: string
  admin?: string
  plan?: api.Plan
}

/** `guildhall org create`: makes organizations. */
export function addOrg(program: Command): void {
  const org = program.command('org').description('Organizations.')
  org
    .command('create')
    .description('Create an organization with its first admin.')
    .requiredOption('--name <name>', 'name in addresses')
    .option('--fullname <name>', 'name for people')
    .option('--admin <username>', 'first admin; with HF_TOKEN you yourself, unless given')
    .addOption(
      new Option('--plan <plan>', 'plan, by operators (default: that of new organizations)').choices(api.plans),
    )
    .addHelpText(
      'after',
      `
Naming another admin, or a plan, is for operators.

Examples:
  $ guildhall org create --name acme --admin ada
  $ HF_TOKEN=… guildhall org create --name acme --fullname "Acme Research" --json`,
    )
    .action(
      action<OrganizationOptions>(async (options, out) => {
        if (options.admin === undefined) refuseWithoutAdmin(options)
        const made = await withHub(({ client }) => createOrganization(client, options))
        out.result(made, `The organization ${made.name} exists now.`)
      }),
    )
}

function refuseWithoutAdmin({ plan }: OrganizationOptions): void {
  if (surroundings.token === undefined)
    throw new UsageError('--admin is missing: name the first admin of the organization.')
  if (plan !== undefined) throw new UsageError('--plan needs --admin: name the first admin of the organization.')
}

async function createOrganization(client: api.Client, { name, fullname, admin, plan }: OrganizationOptions) {
  if (admin === undefined) return client.call(api.organizations.createOrganization, { body: { name, fullname } })
  return client.call(api.operator.createOrganizationFor, { body: { name, fullname, admin, plan } })
}
