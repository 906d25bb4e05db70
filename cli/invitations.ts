import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { roleAssignment } from './group-names.ts'
import { withHub } from './hub.ts'
import { addBulkInvitations } from './invitations-bulk.ts'
import { wholeNumber } from './numbers.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

interface ListOptions {
  org: string
  state?: api.joining.InvitationState
  search?: string
}

interface CreateOptions {
  org: string
  user?: string
  email?: string
  role?: api.OrgRole
  group?: string[]
  days?: number
  message?: string
}

interface OneOptions {
  org: string
  id: string
}

/** `guildhall invitations list | create | bulk | resend | revoke`: people who are invited to an organization. */
export function addInvitations(program: Command): void {
  const invitations = program.command('invitations').description('Invitations to an organization.')
  addList(invitations)
  addCreate(invitations)
  addBulkInvitations(invitations)
  addResend(invitations)
  addRevoke(invitations)
}

function addList(invitations: Command): void {
  orgOption(invitations.command('list').description('List the invitations of an organization, newest first.'))
    .addOption(new Option('--state <state>', 'only items in this state').choices(api.joining.InvitationState.options))
    .option('--search <text>', 'part of an address or username')
    .addHelpText('after', '\nExamples:\n  $ guildhall invitations list --org acme --state pending')
    .action(
      action<ListOptions>(async ({ org, ...query }, out) => {
        const rows = await withHub(async ({ client }) => {
          const operation = api.joining.listInvitations
          const first = await client.answer(operation, { params: { org }, query: { ...query, limit: 1000 } })
          return everyPage(client, operation, first)
        })
        out.result(rows, table(['ID', 'FOR', 'ROLE', 'STATE', 'UNTIL', 'BY'], rows.map(cells), 'No invitations.'))
      }),
    )
}

function cells({ id, role, state, isVoid, expiresAt, invitedBy, ...row }: api.joining.Invitation): string[] {
  return [id, whom(row), role, isVoid ? 'void' : state, expiresAt, invitedBy?.user ?? '']
}

function whom({ user, email }: Pick<api.joining.Invitation, 'user' | 'email'>): string {
  return user?.user ?? email ?? ''
}

function addCreate(invitations: Command): void {
  orgOption(invitations.command('create').description('Invite a person. Inviting again renews the pending invitation.'))
    .option('--user <username>', 'username of an account')
    .option('--email <address>', 'email address')
    .addOption(
      new Option('--role <role>', 'role (default: the default role of the organization)').choices(api.orgRoles),
    )
    .option('--group <group=role>', 'resource group and role; can be repeated', collect)
    .option(
      '--days <number>',
      `number of days the invitation is valid, at most ${api.joining.invitationDays.most}`,
      wholeNumber,
    )
    .option('--message <words>', 'your message in the email')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall invitations create --org acme --user kim --role contributor
  $ guildhall invitations create --org acme --email kim@example.org --role read --group research=write --days 14`,
    )
    .action(
      action<CreateOptions>(async (options, out) => {
        const params = { org: options.org }
        const body = invitationOf(options)
        const reply = await withHub(({ client }) => client.call(api.joining.createInvitation, { params, body }))
        const invited = `Invited ${whom(reply)} to ${options.org} with the ${reply.role} role. The invitation expires at ${reply.expiresAt}.`
        out.result(reply, withLink(invited, reply))
      }),
    )
}

// Where no email goes out, the person gets the link from you.
function withLink(words: string, { link }: api.ReplyOf<typeof api.joining.createInvitation>): string {
  return link === null ? words : `${words}\nNot sent: no mail server. Share this link:\n${link}`
}

function invitationOf({ user, email, role, group, days, message }: CreateOptions) {
  if ((user === undefined) === (email === undefined)) throw new UsageError('Give either --user or --email.')
  const groups = group?.map((pair) => roleAssignment(pair)).map(({ group: id, role }) => ({ id, role }))
  return { username: user, email, role, groups, message, ...(days !== undefined && { expiresInDays: days }) }
}

function addResend(invitations: Command): void {
  idOption(invitations.command('resend').description('Resend an invitation. The previous link stops working.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall invitations resend --org acme --id 665f1c2e9b1d4a0012345678')
    .action(
      action<OneOptions>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.joining.resendInvitation, { params }))
        const words = reply.link === null ? 'Resent' : 'Renewed'
        out.result(
          reply,
          withLink(`${words} the invitation for ${whom(reply)}. It expires at ${reply.expiresAt}.`, reply),
        )
      }),
    )
}

function addRevoke(invitations: Command): void {
  idOption(invitations.command('revoke').description('Revoke a pending invitation.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall invitations revoke --org acme --id 665f1c2e9b1d4a0012345678')
    .action(
      action<OneOptions>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.joining.revokeInvitation, { params }))
        out.result(reply, `Revoked the invitation for ${whom(reply)}.`)
      }),
    )
}

function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}

function idOption(command: Command): Command {
  return orgOption(command).requiredOption('--id <id>', 'ID of the invitation, from “invitations list”')
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}
