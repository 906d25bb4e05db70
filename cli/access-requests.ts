import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { download, downloadTo } from './download.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { momentOf } from './moments.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'
import { type RepoOptions, repoOptions, repoParamsOf } from './repo-options.ts'

interface ListOptions extends RepoOptions {
  state: api.gated.RequestState
  search?: string
}

interface DecideOptions extends RepoOptions {
  user: string[]
  reason?: string
  expires?: string
}

/** `guildhall access-requests …`: who requested access to a gated repository, and what the authors decide. */
export function addAccessRequests(program: Command): void {
  const requests = program.command('access-requests').description('Access requests of a gated repository.')
  addList(requests)
  addAsk(requests)
  addAccept(requests)
  addReject(requests)
  addReset(requests)
  addGrant(requests)
  addReport(requests)
}

function addList(requests: Command): void {
  repoOptions(requests.command('list').description('List access requests, newest first.'))
    .addOption(
      new Option('--state <state>', 'requests in this state').choices(api.gated.requestStates).default('pending'),
    )
    .option('--search <words>', 'part of the username or full name')
    .addHelpText('after', '\nExamples:\n  $ guildhall access-requests list --repo acme/whisper --state accepted')
    .action(
      action<ListOptions>(async ({ state, search, ...options }, out) => {
        const operation = api.gated.listAccessRequests
        const rows = await withHub(async ({ client }) => {
          const params = { ...repoParamsOf(options), status: state }
          const query = { limit: 1000, ...(search !== undefined && { search }) }
          return everyPage(client, operation, await client.answer(operation, { params, query }))
        })
        const head = ['USER', 'EMAIL', 'REQUESTED', 'DECIDED BY', 'UNTIL', 'ANSWERS']
        out.result(rows, table(head, rows.map(cells), 'No requests.'))
      }),
    )
}

function cells({ user, timestamp, grantedBy, expiresAt, fields = {} }: api.gated.AccessRequest): string[] {
  const answers = Object.entries(fields).map(([name, answer]) => `${name}: ${answer}`)
  return [user.user, user.email ?? '', timestamp, grantedBy?.user ?? '', expiresAt ?? '', answers.join('; ')]
}

function addAsk(requests: Command): void {
  repoOptions(requests.command('ask').description('Request access as the owner of the token.'))
    .option('--field <name=answer...>', 'answer to a field; “true” for a checkbox')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall access-requests ask --repo acme/whisper --field Company=Initech --field "I agree=true"',
    )
    .action(
      action<RepoOptions & { field?: string[] }>(async ({ field = [], ...options }, out) => {
        const params = repoParamsOf(options)
        const body = { fields: Object.fromEntries(field.map(answerOf)) }
        const { state } = await withHub(({ client }) => client.call(api.gated.requestAccess, { params, body }))
        out.result(
          { state },
          state === 'pending' ? `Requested access to ${options.repo}.` : `You have access to ${options.repo}.`,
        )
      }),
    )
}

function answerOf(words: string): [name: string, answer: string | boolean] {
  const at = words.indexOf('=')
  if (at < 1) throw new UsageError(`--field is “${words}”. It must be a name and an answer, such as Company=Initech.`)
  const answer = words.slice(at + 1)
  return [words.slice(0, at), answer === 'true' ? true : answer]
}

function addAccept(requests: Command): void {
  userOptions(requests.command('accept').description('Accept requests. The people get an email.'))
    .option('--expires <when>', 'until when the access lasts: a date, or a duration such as 90d')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall access-requests accept --repo acme/whisper --user kim --expires 90d',
    )
    .action(
      action<DecideOptions>(async ({ expires, ...options }, out) => {
        const more = expires === undefined ? {} : { expiresAt: momentOf('--expires', expires) }
        out.result(await decide(options, 'accepted', more), `Accepted ${options.user.join(', ')}.`)
      }),
    )
}

function addReject(requests: Command): void {
  userOptions(requests.command('reject').description('Reject requests. The people can’t request access again.'))
    .option('--reason <words>', 'reason, sent to the person')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall access-requests reject --repo acme/whisper --user kim --reason "Research use only."',
    )
    .action(
      action<DecideOptions>(async ({ reason, ...options }, out) => {
        const more = reason === undefined ? {} : { rejectionReason: reason }
        out.result(await decide(options, 'rejected', more), `Rejected ${options.user.join(', ')}.`)
      }),
    )
}

function addReset(requests: Command): void {
  userOptions(requests.command('reset').description('Move requests back to pending. Accepted ones lose access.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall access-requests reset --repo acme/whisper --user kim')
    .action(
      action<DecideOptions>(async (options, out) => {
        out.result(await decide(options, 'pending', {}), `Moved ${options.user.join(', ')} to pending.`)
      }),
    )
}

type More = { expiresAt?: string; rejectionReason?: string }

async function decide(options: DecideOptions, status: api.gated.RequestState, more: More) {
  const params = repoParamsOf(options)
  const body = { status, ...more, requests: options.user.map((user) => ({ user })) }
  return withHub(({ client }) => client.call(api.gated.handleAccessRequests, { params, body }))
}

interface GrantOptions extends RepoOptions {
  user?: string
  organization?: string
  role?: api.OrgRole
  expires?: string
}

function addGrant(requests: Command): void {
  repoOptions(requests.command('grant').description('Give access without a request, to a person or an organization.'))
    .option('--user <name>', 'person')
    .option('--organization <name>', 'organization: its members have access while they are members')
    .addOption(new Option('--role <role>', 'lowest role that has access; with --organization').choices(api.orgRoles))
    .option('--expires <when>', 'until when the access lasts: a date, or a duration such as 90d')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall access-requests grant --repo acme/whisper --user kim
  $ guildhall access-requests grant --repo acme/whisper --organization initech --role write --expires 90d`,
    )
    .action(
      action<GrantOptions>(async ({ user, organization, role, expires, ...options }, out) => {
        if ((user === undefined) === (organization === undefined))
          throw new UsageError('Give either --user or --organization.')
        const params = repoParamsOf(options)
        const until = expires === undefined ? {} : { expiresAt: momentOf('--expires', expires) }
        const reply = await withHub(
          async ({ client }): Promise<unknown> =>
            organization === undefined
              ? client.call(api.gated.grantAccess, { params, body: { user, ...until } })
              : client.call(api.gated.grantOrganizationAccess, {
                  params: { ...params, grantee: organization },
                  body: { ...(role && { role }), ...until },
                }),
        )
        out.result(reply, `${user ?? `Members of ${organization}`} can access ${options.repo}.`)
      }),
    )
}

interface ReportOptions extends RepoOptions {
  format: 'csv' | 'json'
  downloads?: boolean
  output?: string
}

function addReport(requests: Command): void {
  repoOptions(requests.command('report').description('Download all access requests, or who downloaded what.'))
    .addOption(new Option('--format <format>', 'format of the report').choices(['csv', 'json']).default('csv'))
    .option('--downloads', 'who downloaded what, instead of the requests')
    .option('--output <file>', 'file to write (default: standard output)')
    .addHelpText('after', '\nExamples:\n  $ guildhall access-requests report --repo acme/whisper --output requests.csv')
    .action(
      action<ReportOptions>(async ({ format, downloads, output, ...options }, out) => {
        const { repoType, namespace, repo } = repoParamsOf(options)
        const prefix = repoType === 'models' ? '' : `/${repoType}`
        const path = downloads
          ? `/api/${repoType}/${namespace}/${repo}/gate/downloads/export`
          : `${prefix}/${namespace}/${repo}/user-access-report`
        await withHub(async ({ client }) => {
          const address = `${path}?format=${format}`
          if (output === undefined) return void (await download(client, address))
          const bytes = await downloadTo(client, address, output)
          out.result({ output, bytes }, `Wrote ${output}.`)
        })
      }),
    )
}

function userOptions(command: Command): Command {
  return repoOptions(command).requiredOption('--user <name...>', 'usernames')
}
