import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { wholeNumber } from './numbers.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

interface CreateOptions {
  org: string
  role?: api.joining.LinkRole
  label?: string
  days?: number
  uses?: number
  domain?: string
}

interface OneOptions {
  org: string
  id: string
}

/** `guildhall invite-links list | create | regenerate | revoke`: links that let people join. */
export function addInviteLinks(program: Command): void {
  const links = program.command('invite-links').description('Manage the invite links of an organization.')
  addList(links)
  addCreate(links)
  addRegenerate(links)
  addRevoke(links)
}

function addList(links: Command): void {
  orgOption(links.command('list').description('List the invite links of an organization with their uses.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall invite-links list --org acme')
    .action(
      action<{ org: string }>(async (params, out) => {
        const rows = await withHub(async ({ client }) => {
          const first = await client.answer(api.joining.listInviteLinks, { params, query: { limit: 1000 } })
          return everyPage(client, api.joining.listInviteLinks, first)
        })
        const header = ['ID', 'LABEL', 'ROLE', 'USES', 'DOMAIN', 'STATE', 'UNTIL']
        out.result(rows, table(header, rows.map(cells), 'No invite links.'))
      }),
    )
}

function cells({ id, label, last4, role, uses, maxUses, emailDomain, state, expiresAt }: api.joining.InviteLink) {
  return [id, label || `…${last4}`, role, `${uses}/${maxUses ?? '∞'}`, emailDomain ?? 'any', state, expiresAt]
}

function addCreate(links: Command): void {
  orgOption(links.command('create').description('Create an invite link. It is shown only once.'))
    .addOption(
      new Option('--role <role>', 'role (default: the default role of the organization)').choices(
        api.joining.LinkRole.options,
      ),
    )
    .option('--label <words>', 'name of the link')
    .option(
      '--days <number>',
      `number of days the link is valid, at most ${api.joining.inviteLinkDays.most}`,
      wholeNumber,
    )
    .option('--uses <number>', 'maximum number of uses (default: no limit)', wholeNumber)
    .option('--domain <domain>', 'only for people with a verified email address in this domain')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall invite-links create --org acme --role read --uses 20 --days 2
  $ guildhall invite-links create --org acme --domain acme.example --json | jq -r .url`,
    )
    .action(
      action<CreateOptions>(async ({ org, role, label, days, uses, domain }, out) => {
        const body = {
          role,
          label,
          maxUses: uses,
          emailDomain: domain,
          ...(days !== undefined && { expiresInDays: days }),
        }
        const reply = await withHub(({ client }) =>
          client.call(api.joining.createInviteLink, { params: { org }, body }),
        )
        shown(out, reply)
      }),
    )
}

function addRegenerate(links: Command): void {
  idOption(links.command('regenerate').description('Regenerate an invite link. The old address stops working.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall invite-links regenerate --org acme --id 665f1c2e9b1d4a0012345678')
    .action(
      action<OneOptions>(async (params, out) => {
        shown(out, await withHub(({ client }) => client.call(api.joining.regenerateInviteLink, { params })))
      }),
    )
}

type Shown = api.ReplyOf<typeof api.joining.createInviteLink>

// The address alone on standard output, for scripts.
function shown(out: { note(words: string): void; result(value: unknown, words: string): void }, link: Shown): void {
  out.note(`Gives the ${link.role} role until ${link.expiresAt}. The link is shown only once:`)
  out.result(link, link.url)
}

function addRevoke(links: Command): void {
  idOption(links.command('revoke').description('Revoke an invite link. Members who joined with it stay.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall invite-links revoke --org acme --id 665f1c2e9b1d4a0012345678')
    .action(
      action<OneOptions>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.joining.revokeInviteLink, { params }))
        out.result(
          reply,
          `Revoked the invite link ${reply.label || `…${reply.last4}`}, which was used ${reply.uses} ${reply.uses === 1 ? 'time' : 'times'}.`,
        )
      }),
    )
}

function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}

function idOption(command: Command): Command {
  return orgOption(command).requiredOption('--id <id>', 'ID of the link, from “invite-links list”')
}
