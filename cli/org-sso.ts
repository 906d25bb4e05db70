import type { Command } from 'commander'
import { sso } from '../api/index.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'

/** `guildhall org sso show | relax`: looks at single sign-on, and stops enforcing it as a site admin. */
export function addOrgSso(org: Command): void {
  const command = org.command('sso').description('Single sign-on (SSO) of an organization.')
  addShow(command)
  addRelax(command)
}

function addShow(command: Command): void {
  command
    .command('show')
    .description('Show whether SSO is on, and the join link.')
    .requiredOption('--org <name>', 'organization')
    .addHelpText('after', '\nExample:\n  $ HF_TOKEN=… guildhall org sso show --org acme')
    .action(
      action<{ org: string }>(async ({ org }, out) => {
        const found = await withHub(({ client }) => client.call(sso.getSso, { params: { org } }))
        out.result(found, `SSO of ${org} is ${found.mode}. Join link: ${found.joinLink}`)
      }),
    )
}

function addRelax(command: Command): void {
  command
    .command('relax')
    .description('Make enforced SSO optional, as a site admin. For when the identity provider is gone.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--reason <text>', 'why, for the audit log of the organization')
    .addHelpText('after', '\nExample:\n  $ guildhall org sso relax --org acme --reason "The identity provider is gone"')
    .action(
      action<{ org: string; reason: string }>(async ({ org, reason }, out) => {
        const call = { params: { org }, body: { reason } }
        const reply = await withHub(({ client }) => client.call(sso.relaxSso, call))
        out.result(reply, `SSO of ${org} is ${reply.mode}.`)
      }),
    )
}
