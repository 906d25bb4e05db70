import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { type Hub, withHub } from './hub.ts'
import { action, facts, table } from './output.ts'
import { everyPage } from './pages.ts'

type Answer = api.ResultOf<typeof api.leaving.offboardMember>
type OffboardingReport = api.leaving.OffboardingReport

/** `guildhall members offboard | offboardings | allow-rejoin`: ends everything a person has of an organization. */
export function addOffboarding(members: Command): void {
  addOffboard(members)
  addOffboardings(members)
  addAllowRejoin(members)
}

interface OffboardOptions {
  org: string
  user: string
  apply?: boolean
  successor?: string
  leaveAsIs?: boolean
  invitations: 'revoke' | 'reassign'
  reason?: string
}

function addOffboard(members: Command): void {
  orgOption(members.command('offboard'))
    .description('Remove all of a person’s access to the organization in one step. Without --apply, show a preview.')
    .requiredOption('--user <username>', 'who')
    .option('--apply', 'apply the changes')
    .option('--successor <username>', 'the member who takes over groups and repositories without another owner')
    .option('--leave-as-is', 'leave them without an owner')
    .addOption(
      new Option(
        '--invitations <what>',
        'what happens to invitations and links they created; reassign: transfer to you',
      )
        .choices(['revoke', 'reassign'])
        .default('revoke'),
    )
    .option('--reason <words>', 'part of the offboarding report; required with --apply')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall members offboard --org acme --user grace
  $ guildhall members offboard --org acme --user grace --apply --successor hugo --reason "Left the company."
  $ guildhall members offboard --org acme --user grace --apply --leave-as-is --reason "Left." --json > report.json`,
    )
    .action(
      action<OffboardOptions>(async (options, out) => {
        const answer = await withHub((hub) => offboard(hub, options))
        out.result(answer, wordsOf(answer, options))
      }),
    )
}

function offboard({ client }: Hub, options: OffboardOptions): Promise<Answer> {
  const { org, user, apply, successor, leaveAsIs, invitations, reason } = options
  if (apply && !reason?.trim())
    throw new UsageError('Give a --reason with --apply. It is part of the offboarding report.')
  if (successor !== undefined && leaveAsIs) throw new UsageError('Give either --successor or --leave-as-is.')
  const mode = apply ? ('apply' as const) : ('plan' as const)
  const body = { mode, successor, leaveAsIs, invitations, reason }
  return client.call(api.leaving.offboardMember, { params: { org, username: user }, body })
}

function wordsOf({ mode, has, needsOwner, loses, remains, report }: Answer, { org, user }: OffboardOptions): string {
  if (report !== null) return reportWords(report)
  const lines = [
    `What ${user} has in ${org}:`,
    ...holdingsWords(has),
    ...(loses.length > 0 ? [`Loses: ${loses.join('; ')}.`] : []),
    ...orphanWords('Without another owner', needsOwner),
    ...remains.map((sentence) => `- ${sentence}`),
    ...(mode === 'plan' ? ['Nothing was changed. Use --apply to offboard the person.'] : []),
  ]
  return lines.join('\n')
}

function reportWords(report: OffboardingReport): string {
  const { id, organization, user, fullname, by, at, reason, successor, removed, handedOver, remains, hash } = report
  const keptOut = report.rejoinBlockedUntil ?? 'an admin allowed them to rejoin'
  const head = facts([
    ['Report', id],
    ['Organization', organization],
    ['Person', fullname === '' ? user : `${user} (${fullname})`],
    ['Offboarded', `${at} by ${by}`],
    ['Reason', reason],
    ['Rejoin blocked until', keptOut],
    ['SHA-256', hash],
  ])
  return [
    head,
    'Removed:',
    ...holdingsWords(removed),
    ...(report.invitations === 'reassign' ? [`Their invitations and invite links now belong to ${by}.`] : []),
    ...orphanWords(successor === null ? 'Left without an owner' : `Handed over to ${successor}`, handedOver),
    'Remains:',
    ...remains.map((sentence) => `- ${sentence}`),
  ].join('\n')
}

function holdingsWords(has: api.leaving.Holdings): string[] {
  const kinds: [string, string[]][] = [
    ['membership', has.membership === null ? [] : [`${has.membership.role}, by ${has.membership.source}`]],
    ['resource groups', has.groupRoles.map(({ name, role }) => `${name} (${role})`)],
    ['grants', has.collaboratorGrants.map(({ type, repository, role }) => `${type} ${repository} (${role})`)],
    ['access to gated repositories', has.gatedAccess.map(({ type, repository }) => `${type} ${repository}`)],
    ['requests for gated repositories', has.gatedRequests.map(({ type, repository }) => `${type} ${repository}`)],
    ['tokens', has.tokens.map(({ name, role, last4 }) => `${name} (${role}, …${last4})`)],
    ['invitations received', has.invitationsReceived.map(({ to }) => to)],
    ['invitations sent', has.invitationsSent.map(({ to }) => to)],
    ['invite links', has.inviteLinks.map(({ id, label }) => label || id)],
    ['requests to join', has.joinRequests.map(({ id }) => id)],
    ['successor', has.successorPlace === null ? [] : [`place ${has.successorPlace}`]],
    ['owner of service accounts', has.serviceAccounts.map(({ name }) => name)],
    ['linked SSO identities', has.ssoIdentities.map(({ subject, email }) => email ?? subject)],
    ['SSO sessions', has.ssoSessions.map(({ id }) => id)],
    ['provisioned by SCIM as', has.provisioned.map(({ name }) => name)],
    ['file locks', has.fileLocks.map(({ repository, path }) => `${repository}: ${path}`)],
  ]
  return kinds
    .filter(([, named]) => named.length > 0)
    .map(([kind, named]) => `  ${kind}: ${named.length}: ${named.join(', ')}`)
}

function orphanWords(
  what: string,
  { groups, repositories, repositoryCount, serviceAccounts }: api.leaving.NeedsOwner,
): string[] {
  const more = repositoryCount - repositories.length
  const repos = [...repositories.map(({ repository }) => repository), ...(more > 0 ? [`${more} more`] : [])]
  return [
    ...(groups.length > 0 ? [`${what}: resource groups ${groups.map(({ name }) => name).join(', ')}.`] : []),
    ...(repositoryCount > 0 ? [`${what}: repositories ${repos.join(', ')}.`] : []),
    ...(serviceAccounts.length > 0
      ? [`${what}: service accounts ${serviceAccounts.map(({ name }) => name).join(', ')}.`]
      : []),
  ]
}

function addOffboardings(members: Command): void {
  orgOption(members.command('offboardings'))
    .description('List offboarded people, latest first, or show an offboarding report.')
    .option('--id <id>', 'ID of the report to show')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall members offboardings --org acme
  $ guildhall members offboardings --org acme --id 665f1c2e9b1d4a0012345678 --json > report.json`,
    )
    .action(
      action<{ org: string; id?: string }>(async ({ org, id }, out) => {
        if (id !== undefined) {
          const params = { org, id }
          const report = await withHub(({ client }) => client.call(api.leaving.getOffboarding, { params }))
          return out.result(report, reportWords(report))
        }
        const rows = await withHub(async ({ client }) => {
          const operation = api.leaving.listOffboardings
          const first = await client.answer(operation, { params: { org }, query: { limit: 1000 } })
          return everyPage(client, operation, first)
        })
        const header = ['REPORT', 'USER', 'AT', 'BY', 'REMOVED', 'REJOIN BLOCKED UNTIL', 'REASON']
        out.result(rows, table(header, rows.map(cells), 'No offboarded people.'))
      }),
    )
}

function cells({ id, user, at, by, removed, rejoinBlockedUntil, reason }: api.leaving.OffboardingSummary): string[] {
  return [id, user, at, by, String(removed), rejoinBlockedUntil ?? 'allowed', reason]
}

function addAllowRejoin(members: Command): void {
  orgOption(members.command('allow-rejoin'))
    .description(
      'Allow an offboarded person to rejoin before the 90 days are over. They still need an invitation or another way to join.',
    )
    .requiredOption('--id <id>', 'ID of the report, from “members offboardings”')
    .addHelpText('after', '\nExamples:\n  $ guildhall members allow-rejoin --org acme --id 665f1c2e9b1d4a0012345678')
    .action(
      action<{ org: string; id: string }>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.leaving.allowRejoin, { params }))
        out.result(reply, 'The person can rejoin. Invite them, or have them request to join.')
      }),
    )
}

function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}
