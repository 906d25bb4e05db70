import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { exitCodes } from './failure.ts'
import { withHub } from './hub.ts'
import { action, type Output, table } from './output.ts'

interface OneOptions {
  org: string
  domain: string
}

type Domain = api.domains.EmailDomain

/** `guildhall domains list | add | verify | remove`: email domains whose people may join an organization. */
export function addDomains(program: Command): void {
  const domains = program.command('domains').description('Email domains of an organization.')
  addList(domains)
  addAdd(domains)
  addVerify(domains)
  addRemove(domains)
}

function addList(domains: Command): void {
  orgOption(domains.command('list').description('List the email domains of an organization.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall domains list --org acme')
    .action(
      action<{ org: string }>(async (params, out) => {
        const rows = await withHub(({ client }) => client.call(api.domains.listDomains, { params }))
        const header = ['DOMAIN', 'STATE', 'CHECKED', 'UNTIL', 'RECORD']
        out.result(rows, table(header, rows.map(cells), 'No email domains.'))
      }),
    )
}

function cells({ domain, state, checkedAt, graceEndsAt, record }: Domain): string[] {
  return [domain, state, checkedAt ?? 'never', graceEndsAt ?? '', record.value]
}

function addAdd(domains: Command): void {
  domainOption(
    domains.command('add').description('Add an email domain. People with a verified address in it can join.'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall domains add --org acme --domain acme.example\n  $ guildhall domains add --org acme --domain acme.example --json | jq -r .record.value',
    )
    .action(
      action<OneOptions>(async ({ org, domain }, out) => {
        const reply = await withHub(({ client }) =>
          client.call(api.domains.addDomain, { params: { org }, body: { domain } }),
        )
        out.note(`People with a verified email address at ${reply.domain} can join ${org}.`)
        out.note('To verify the domain, publish this record, and then run “guildhall domains verify”:')
        out.result(reply, recordLine(reply))
      }),
    )
}

// As a line of a zone file (RFC 1035 §5.1)
function recordLine({ record }: Domain): string {
  return `${record.name}. ${record.type} "${record.value}"`
}

function addVerify(domains: Command): void {
  domainOption(domains.command('verify').description('Check the DNS record of a domain now.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall domains verify --org acme --domain acme.example')
    .action(
      action<OneOptions>(async (params, out) => {
        tellState(out, await withHub(({ client }) => client.call(api.domains.verifyDomain, { params })))
      }),
    )
}

function tellState(out: Output, reply: Domain): void {
  if (reply.problem === null) {
    out.result(reply, `${reply.domain} is verified.`)
    return
  }
  process.exitCode = exitCodes.failed
  const until = reply.graceEndsAt === null ? '' : ` It stays verified until ${reply.graceEndsAt}.`
  out.note('The record to publish:')
  out.note(recordLine(reply))
  out.result(reply, `${reply.problem}${until}`)
}

function addRemove(domains: Command): void {
  domainOption(domains.command('remove').description('Remove an email domain. Members who joined with it stay.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall domains remove --org acme --domain acme.example')
    .action(
      action<OneOptions>(async (params, out) => {
        const reply = await withHub(({ client }) => client.call(api.domains.removeDomain, { params }))
        out.result(reply, `People with an email address at ${params.domain} can no longer join ${params.org}.`)
      }),
    )
}

function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}

function domainOption(command: Command): Command {
  return orgOption(command).requiredOption('--domain <domain>', 'the domain, for example acme.example')
}
