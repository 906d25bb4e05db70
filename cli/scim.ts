import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

interface OrgOptions {
  org: string
}

interface IdOptions extends OrgOptions {
  id: string
}

interface LinkOptions extends OrgOptions {
  group: string
  to?: string[]
  dryRun?: boolean
}

const settings = api.scimSettings

/** `guildhall scim …`: provisioning of an organization by its identity provider. */
export function addScim(program: Command): void {
  const scim = program.command('scim').description('Provisioning of an organization by its identity provider (SCIM).')
  addShow(scim)
  addTokens(scim)
  addGroups(scim)
  addLink(scim)
  addOperations(scim)
  addHeld(scim)
}

function orgCommand(scim: Command, name: string, description: string, example = ''): Command {
  return scim
    .command(name)
    .description(description)
    .requiredOption('--org <name>', 'name of the organization')
    .addHelpText('after', `\nExamples:\n  $ guildhall scim ${name} --org acme${example}`)
}

function addShow(scim: Command): void {
  orgCommand(scim, 'show', 'Show the tenant URL, the SCIM tokens, and what is provisioned.').action(
    action<OrgOptions>(async ({ org }, out) => {
      const reply = await withHub(({ client }) => client.call(settings.getScimSettings, { params: { org } }))
      const { tenantUrl, tokens, users, groups, held } = reply
      const tokenRows = tokens.map(({ id, name, last4, lastUsedAt }) => [id, name, last4, lastUsedAt ?? 'never'])
      const lines = [
        `Tenant URL: ${tenantUrl}`,
        `Users: ${users.total}, ${users.active} active. Groups: ${groups.total}, ${groups.linked} linked. Held removals: ${held}.`,
        table(['ID', 'NAME', 'ENDS IN', 'LAST USED'], tokenRows, 'No SCIM tokens.'),
      ]
      out.result(reply, lines.join('\n'))
    }),
  )
}

function addTokens(scim: Command): void {
  orgCommand(scim, 'create-token', 'Create a SCIM token. It is shown only once.', ' --name Okta')
    .option('--name <name>', 'name of the token', 'Identity provider')
    .action(
      action<OrgOptions & { name: string }>(async ({ org, name }, out) => {
        const made = await withHub(({ client }) =>
          client.call(settings.createScimToken, { params: { org }, body: { name } }),
        )
        out.note(`Created the SCIM token ${made.name}. It is shown only once:`)
        out.result(made, made.token)
      }),
    )
  idCommand(scim, 'rotate-token', 'Replace the secret of a SCIM token. The old one stops working immediately.').action(
    action<IdOptions>(async ({ org, id: tokenId }, out) => {
      const made = await withHub(({ client }) => client.call(settings.rotateScimToken, { params: { org, tokenId } }))
      out.note(`The SCIM token ${made.name} has a new secret. It is shown only once:`)
      out.result(made, made.token)
    }),
  )
  idCommand(scim, 'revoke-token', 'Revoke a SCIM token. It stops working immediately.').action(
    action<IdOptions>(async ({ org, id: tokenId }, out) => {
      await withHub(({ client }) => client.call(settings.revokeScimToken, { params: { org, tokenId } }))
      out.result({ success: true }, 'Revoked the SCIM token.')
    }),
  )
}

function idCommand(scim: Command, name: string, description: string): Command {
  return orgCommand(scim, name, description, ' --id …').requiredOption('--id <id>', 'ID, from “show” or “held”')
}

async function groupsOf(client: api.Client, org: string): Promise<api.scimSettings.ProvisionedGroup[]> {
  const operation = settings.listProvisionedGroups
  return everyPage(client, operation, await client.answer(operation, { params: { org }, query: { limit: 500 } }))
}

function addGroups(scim: Command): void {
  orgCommand(scim, 'groups', 'List SCIM groups, and the resource groups that they are linked to.').action(
    action<OrgOptions>(async ({ org }, out) => {
      const groups = await withHub(({ client }) => groupsOf(client, org))
      const rows = groups.map(({ displayName, members, links }) => [
        displayName,
        String(members),
        links.map(({ name, role }) => `${name}:${role}`).join(', '),
      ])
      out.result(groups, table(['GROUP', 'USERS', 'LINKED TO'], rows, 'No SCIM groups.'))
    }),
  )
}

function addLink(scim: Command): void {
  orgCommand(
    scim,
    'link',
    'Link a SCIM group to resource groups, in place of its present links.',
    ' --group engineers --to speech:write --to vision:read',
  )
    .requiredOption('--group <name>', 'displayName of the SCIM group')
    .option('--to <group:role...>', 'resource group and role; leave it out to end all links')
    .option('--dry-run', 'show what would change')
    .action(
      action<LinkOptions>(async ({ org, group, to = [], dryRun = false }, out) => {
        const links = to.map(linkIn)
        const reply = await withHub(async ({ client }) => {
          const found = (await groupsOf(client, org)).find(({ displayName }) => displayName === group)
          if (found === undefined) throw new UsageError(`No SCIM group named “${group}”.`)
          const query = dryRun ? { dryRun: 'true' as const } : {}
          return client.call(settings.setScimGroupLinks, { params: { org, groupId: found.id }, query, body: { links } })
        })
        const { gains, changes, loses } = reply
        const words = dryRun ? 'Would change' : 'Changed'
        out.result(reply, `${words} people: ${gains} get access, ${changes} get another role, ${loses} lose a role.`)
      }),
    )
}

function linkIn(text: string): { resourceGroup: string; role: api.GroupRole } {
  const place = text.lastIndexOf(':')
  const role = api.GroupRole.safeParse(text.slice(place + 1))
  if (place < 1 || !role.success) throw new UsageError(`--to ${text}: must be like speech:write`)
  return { resourceGroup: text.slice(0, place), role: role.data }
}

function addOperations(scim: Command): void {
  orgCommand(scim, 'operations', 'List the last operations of the identity provider, newest first.')
    .option('--errors', 'only errors')
    .action(
      action<OrgOptions & { errors?: boolean }>(async ({ org, errors = false }, out) => {
        const query = errors ? { errors: 'true' as const } : {}
        const rows = await withHub(({ client }) => client.call(settings.listScimOperations, { params: { org }, query }))
        const cells = rows.map(({ at, method, resource, subject, status, error }) => {
          return [at, method, resource, subject, String(status), error ?? '']
        })
        out.result(rows, table(['TIME', 'METHOD', 'RESOURCE', 'ABOUT', 'STATUS', 'ERROR'], cells, 'No operations.'))
      }),
    )
}

function addHeld(scim: Command): void {
  orgCommand(scim, 'held', 'List removals that were held back because there were too many in a short time.').action(
    action<OrgOptions>(async ({ org }, out) => {
      const rows = await withHub(({ client }) => client.call(settings.listHeldRemovals, { params: { org } }))
      const cells = rows.map(({ id, state, summary, people, expiresAt }) => {
        return [id, state, summary, String(people), expiresAt]
      })
      out.result(rows, table(['ID', 'STATE', 'WHAT', 'PEOPLE', 'EXPIRES'], cells, 'No held removals.'))
    }),
  )
  idCommand(scim, 'approve', 'Approve a held removal. It is carried out immediately.').action(
    action<IdOptions>(async ({ org, id }, out) => {
      const row = await withHub(({ client }) => client.call(settings.approveHeldRemoval, { params: { org, id } }))
      out.result(row, 'Approved the removal. It is carried out.')
    }),
  )
  idCommand(scim, 'deny', 'Deny a held removal. The same request is refused for 72 hours.').action(
    action<IdOptions>(async ({ org, id }, out) => {
      const row = await withHub(({ client }) => client.call(settings.refuseHeldRemoval, { params: { org, id } }))
      out.result(row, 'Denied the removal.')
    }),
  )
}
