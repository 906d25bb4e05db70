import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

interface ListOptions {
  org: string
  state: api.requests.RequestState
}

interface OneOptions {
  org: string
  id: string
}

/** `guildhall requests list | approve | reject | ask`: people who ask to join an organization. */
export function addRequests(program: Command): void {
  const requests = program.command('requests').description('Requests to join an organization.')
  addList(requests)
  addApprove(requests)
  addReject(requests)
  addAsk(requests)
}

function addList(requests: Command): void {
  orgOption(requests.command('list').description('List requests to join, newest first.'))
    .addOption(
      new Option('--state <state>', 'items in this state')
        .choices(api.requests.RequestState.options)
        .default('pending'),
    )
    .addHelpText('after', '\nExamples:\n  $ guildhall requests list --org acme')
    .action(
      action<ListOptions>(async ({ org, state }, out) => {
        const rows = await withHub(async ({ client }) => {
          const operation = api.requests.listRequests
          const first = await client.answer(operation, { params: { org }, query: { state, limit: 1000 } })
          return everyPage(client, operation, first)
        })
        out.result(rows, table(['ID', 'USER', 'STATE', 'ASKED', 'FROM', 'MESSAGE'], rows.map(cells), 'No requests.'))
      }),
    )
}

function cells({ id, user, state, createdAt, source, inviteLink, message }: api.requests.JoinRequest): string[] {
  return [id, user.user, state, createdAt, inviteLink ? `link …${inviteLink.last4}` : source, message]
}

function addApprove(requests: Command): void {
  idOption(requests.command('approve').description('Approve a request. The person becomes a member.'))
    .addOption(
      new Option('--role <role>', 'role (default: the default role of the organization)').choices(api.orgRoles),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall requests approve --org acme --id 665f1c2e9b1d4a0012345678 --role read',
    )
    .action(
      action<OneOptions & { role?: api.OrgRole }>(async ({ role, ...params }, out) => {
        const body = { role }
        const reply = await withHub(({ client }) => client.call(api.requests.approveRequest, { params, body }))
        out.result(reply, `${reply.user.user} is now a member of ${params.org} with the ${reply.role} role.`)
      }),
    )
}

function addReject(requests: Command): void {
  idOption(requests.command('reject').description('Reject a request. The person can ask again after 30 days.'))
    .option('--reason <words>', 'reason, sent to the person')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall requests reject --org acme --id 665f1c2e9b1d4a0012345678 --reason "Ask your lead."',
    )
    .action(
      action<OneOptions & { reason?: string }>(async ({ reason, ...params }, out) => {
        const body = { reason }
        const reply = await withHub(({ client }) => client.call(api.requests.rejectRequest, { params, body }))
        out.result(reply, `Rejected the request of ${reply.user.user}.`)
      }),
    )
}

function addAsk(requests: Command): void {
  orgOption(requests.command('ask').description('Request to join an organization as the owner of the token.'))
    .option('--message <words>', 'message for the admins who decide')
    .addHelpText('after', '\nExamples:\n  $ guildhall requests ask --org acme --message "I train speech models."')
    .action(
      action<{ org: string; message?: string }>(async ({ org, message }, out) => {
        const input = { params: { org }, body: { message } }
        const reply = await withHub(({ client }) => client.call(api.requests.joinOrganization, input))
        const words = {
          joined: `You are now a member of ${org}.`,
          requested: `Requested to join ${org}. An admin will review your request.`,
        }
        out.result(reply, words[reply.outcome])
      }),
    )
}

function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}

function idOption(command: Command): Command {
  return orgOption(command).requiredOption('--id <id>', 'ID of the request, from “requests list”')
}
