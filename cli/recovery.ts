import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action, facts, table } from './output.ts'

type Petition = api.recovery.Petition

interface OneOptions {
  org: string
  id: string
}

/** `guildhall recovery status | petition | show | confirm | veto | check | withdraw`: an organization without an admin. */
export function addRecovery(program: Command): void {
  const recovery = program
    .command('recovery')
    .description('An organization without an admin to turn to: how somebody becomes admin.')
  addStatus(recovery)
  addPetition(recovery)
  addShow(recovery)
  addStep(recovery, 'confirm', 'Confirm a petition, as a member who may write.', api.recovery.confirmPetition)
  addStep(recovery, 'veto', 'Stop a petition, as any admin.', api.recovery.vetoPetition)
  addStep(recovery, 'check', 'Look for the DNS record of your petition now.', api.recovery.checkProof)
  addStep(recovery, 'withdraw', 'Take your own petition back.', api.recovery.withdrawPetition)
}

function addStatus(recovery: Command): void {
  orgOption(
    recovery.command('status').description('Show whether it can be recovered, how you could, and the petitions.'),
  )
    .addHelpText('after', '\nExamples:\n  $ guildhall recovery status --org acme')
    .action(
      action<{ org: string }>(async ({ org }, out) => {
        const reply = await withHub(({ client }) => client.call(api.recovery.getRecovery, { params: { org } }))
        const paths = reply.paths.map(({ path, possible, why }): [string, string] => {
          return [path, `${possible ? 'yes' : 'no'}: ${why}`]
        })
        const words = facts([['health', reply.health], ['open', reply.why], ...paths])
        out.result(reply, `${words}\n\n${petitionTable(reply.petitions)}`)
      }),
    )
}

function addPetition(recovery: Command): void {
  orgOption(recovery.command('petition').description('Ask to become admin, as successor or by proof of a domain.'))
    .addOption(new Option('--path <path>', 'how').choices(['successor', 'domain']).default('domain'))
    .option('--domain <domain>', 'for the path domain: one that was verified before the loss')
    .option('--reason <words>', 'told to everybody concerned')
    .addHelpText(
      'after',
      `
With a domain: publish the record that is answered in the DNS, then “recovery check”. Members who may write confirm.

Examples:
  $ guildhall recovery petition --org acme --domain acme.example --reason "Ada has left."
  $ guildhall recovery petition --org acme --path successor`,
    )
    .action(
      action<{ org: string; path: 'successor' | 'domain'; domain?: string; reason?: string }>(
        async ({ org, ...body }, out) => {
          const input = { params: { org }, body }
          const reply = await withHub(({ client }) => client.call(api.recovery.openPetition, input))
          out.result(reply, petitionWords(reply))
        },
      ),
    )
}

function addShow(recovery: Command): void {
  idOption(recovery.command('show').description('Show a petition with its timeline.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall recovery show --org acme --id 665f1c2e9b1d4a0012345678')
    .action(
      action<OneOptions>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.recovery.getPetition, { params }))
        out.result(reply, petitionWords(reply))
      }),
    )
}

function addStep(
  recovery: Command,
  name: 'confirm' | 'veto' | 'check' | 'withdraw',
  description: string,
  operation:
    | typeof api.recovery.confirmPetition
    | typeof api.recovery.vetoPetition
    | typeof api.recovery.checkProof
    | typeof api.recovery.withdrawPetition,
): void {
  idOption(recovery.command(name).description(description))
    .addHelpText('after', `\nExamples:\n  $ guildhall recovery ${name} --org acme --id 665f1c2e9b1d4a0012345678`)
    .action(
      action<OneOptions>(async (params, out) => {
        const reply: Petition = await withHub(({ client }) => client.call(operation, { params, body: {} }))
        out.result(reply, petitionWords(reply))
      }),
    )
}

/** Petitions as a table for people. */
export function petitionTable(petitions: readonly Petition[]): string {
  const rows = petitions.map(({ id, organization, path, person, state, effectiveAt }) => {
    return [id, organization, path, person.user, state, effectiveAt ?? '']
  })
  return table(['ID', 'ORGANIZATION', 'PATH', 'PERSON', 'STATE', 'TAKES EFFECT'], rows, 'No petitions.')
}

/** One petition, for people. */
export function petitionWords(petition: Petition): string {
  const { id, person, organization, path, state, reason, record, proof, quorum, approvals, timeline } = petition
  const pairs: [string, string][] = [
    ['petition', id],
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
  return orgOption(command).requiredOption('--id <id>', 'the petition, as “recovery status” shows it')
}
