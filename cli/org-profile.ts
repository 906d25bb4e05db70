import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, facts } from './output.ts'

interface ProfileOptions {
  org: string
  fullname?: string
  details?: string
  website?: string
}

/** `guildhall org profile | rename`: how an organization presents itself, and its name. */
export function addProfile(org: Command): void {
  addShowProfile(org)
  addRename(org)
}

function addShowProfile(org: Command): void {
  org
    .command('profile')
    .description('Show or change the profile of an organization.')
    .requiredOption('--org <name>', 'organization')
    .option('--fullname <name>', 'full name')
    .option('--details <text>', 'description')
    .option('--website <url>', 'website; “none” to remove it')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org profile --org acme
  $ guildhall org profile --org acme --fullname "Acme Research" --website https://acme.example --json`,
    )
    .action(
      action<ProfileOptions>(async ({ org, ...changes }, out) => {
        const profile = await withHub(({ client }) => showOrChange(client, org, changes))
        out.result(profile, wordsOf(profile))
      }),
    )
}

function showOrChange(
  client: api.Client,
  org: string,
  { fullname, details, website }: Omit<ProfileOptions, 'org'>,
): Promise<api.organizations.Organization> {
  const params = { org }
  const body = { fullname, details, website: website === 'none' ? '' : website }
  const isChange = Object.values(body).some((value) => value !== undefined)
  if (!isChange) return client.call(api.organizations.getOrganization, { params })
  return client.call(api.organizations.updateOrganization, { params, body })
}

function wordsOf({ name, fullname, details, website, plan, health }: api.organizations.Organization): string {
  return facts([
    ['name', name],
    ['full name', fullname],
    ['description', details],
    ['website', website],
    ['plan', plan],
    ...(health === undefined ? [] : [['admins', health] satisfies [string, string]]),
  ])
}

function addRename(org: Command): void {
  org
    .command('rename')
    .description('Rename an organization. The old name redirects for 90 days.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--to <name>', 'new name')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org rename --org acme --to acme-research
  $ guildhall org rename --org acme --to acme-research --json`,
    )
    .action(
      action<{ org: string; to: string }>(async ({ org, to: name }, out) => {
        if (name === org) throw new UsageError('--to is the current name. Give another one.')
        const renamed = await withHub(({ client }) =>
          client.call(api.organizations.updateOrganization, { params: { org }, body: { name } }),
        )
        out.result(renamed, `${org} is now ${renamed.name}.`)
      }),
    )
}
