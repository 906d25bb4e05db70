import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action, facts, table } from './output.ts'

type RecoveryRequest = api.recovery.RecoveryRequest

interface OneOptions {
  org: string
  id: string
}

/** `guildhall recovery status | request | show | confirm | veto | check | withdraw`: an organization without an admin. */
export function addRecovery(program: Command): void {
  const recovery = program.command('recovery').description('Regain control of an organization without active admins.')
  addStatus(recovery)
  addRecoveryRequest(recovery)
  addShow(recovery)
  addStep(
    recovery,
    'confirm',
    'Confirm a recovery request, as a member with write.',
    api.recovery.confirmRecoveryRequest,
  )
  addStep(recovery, 'veto', 'Object to a recovery request and stop it, as an admin.', api.recovery.vetoRecoveryRequest)
  addStep(recovery, 'check', 'Check the DNS record of your recovery request now.', api.recovery.checkProof)
  addStep(recovery, 'withdraw', 'Withdraw your own recovery request.', api.recovery.withdrawRecoveryRequest)
}

function addStatus(recovery: Command): void {
  orgOption(
    recovery
      .command('status')
      .description('Show whether the organization can be recovered, how, and its recovery requests.'),
  )
    .addHelpText('after', '\nExamples:\n  $ guildhall recovery status --org acme')
    .action(
      action<{ org: string }>(async ({ org }, out) => {
        const reply = await withHub(({ client }) => client.call(api.recovery.getRecovery, { params: { org } }))
        const paths = reply.paths.map(({ path, possible, why }): [string, string] => {
          return [path, `${possible ? 'yes' : 'no'}: ${why}`]
        })
        const words = facts([['health', reply.health], ['open', reply.why], ...paths])
        out.result(reply, `${words}\n\n${recoveryRequestTable(reply.recoveryRequests)}`)
      }),
    )
}

function addRecoveryRequest(recovery: Command): void {
  orgOption(
    recovery
      .command('request')
      .description('Open a recovery request to become admin, as a successor or with an email domain.'),
  )
    .addOption(new Option('--path <path>', 'how').choices(['successor', 'domain']).default('domain'))
    .option('--domain <domain>', 'for the path domain: a domain that was verified before the loss')
    .option('--reason <words>', 'reason, sent to everyone involved')
    .addHelpText(
      'after',
      `
With a domain: publish the DNS record from the response, then run “recovery check”. Members with the write role confirm.

Examples:
  $ guildhall recovery request --org acme --domain acme.example --reason "Ada has left."
  $ guildhall recovery request --org acme --path successor`,
    )
    .action(
      action<{ org: string; path: 'successor' | 'domain'; domain?: string; reason?: string }>(
        async ({ org, ...body }, out) => {
          const input = { params: { org }, body }
          const reply = await withHub(({ client }) => client.call(api.recovery.openRecoveryRequest, input))
          out.result(reply, recoveryRequestWords(reply))
        },
      ),
    )
}

function addShow(recovery: Command): void {
  idOption(recovery.command('show').description('Show a recovery request with its timeline.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall recovery show --org acme --id 665f1c2e9b1d4a0012345678')
    .action(
      action<OneOptions>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.recovery.getRecoveryRequest, { params }))
        out.result(reply, recoveryRequestWords(reply))
      }),
    )
}

function addStep(
  recovery: Command,
  name: 'confirm' | 'veto' | 'check' | 'withdraw',
  description: string,
  operation:
    | typeof api.recovery.confirmRecoveryRequest
    | typeof api.recovery.vetoRecoveryRequest
    | typeof api.recovery.checkProof
    | typeof api.recovery.withdrawRecoveryRequest,
): void {
  idOption(recovery.command(name).description(description))
    .addHelpText('after', `\nExamples:\n  $ guildhall recovery ${name} --org acme --id 665f1c2e9b1d4a0012345678`)
    .action(
      action<OneOptions>(async (params, out) => {
        const reply: RecoveryRequest = await withHub(({ client }) => client.call(operation, { params, body: {} }))
        out.result(reply, recoveryRequestWords(reply))
      }),
    )
}

/** Recovery requests as a table for people. */
export function recoveryRequestTable(recoveryRequests: readonly RecoveryRequest[]): string {
  const rows = recoveryRequests.map(({ id, organization, path, person, state, effectiveAt }) => {
    return [id, organization, path, person.user, state, effectiveAt ?? '']
  })
  return table(['ID', 'ORGANIZATION', 'PATH', 'PERSON', 'STATE', 'TAKES EFFECT'], rows, 'No recovery requests.')
}

/** One recovery request, for people. */
export function recoveryRequestWords(recoveryRequest: RecoveryRequest): string {
  const { id, person, organization, path, state, reason, record, proof, quorum, approvals, timeline } = recoveryRequest
  const pairs: [string, string][] = [
    ['request', id],
    ['organization', organization],
    ['person', person.user],
    ['path', path],
    ['state', state],
  ]
  if (reason !== '') pairs.push(['reason', reason])
  if (record) pairs.push(['TXT record', record.name], ['its value', record.value])
  if (proof?.problem) pairs.push(['proof', proof.problem])
  if (quorum) pairs.push(['confirmed by', `${listed(quorum.confirmedBy)}; needed: ${quorum.needed}`])
  if (approvals) pairs.push(['approved by', `${listed(approvals.approvedBy)}; needed: ${approvals.needed}`])
  return `${facts(pairs)}\n\n${facts(timeline.map(({ at, what }) => [at, what]))}`
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nobody' : names.join(', ')
}

function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}

function idOption(command: Command): Command {
  return orgOption(command).requiredOption('--id <id>', 'ID of the recovery request, from “recovery status”')
}
