import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'

interface Options {
  org: string
  refresh?: boolean
}

/** `guildhall org api-token`: reveals the API token of an organization, or replaces it. */
export function addApiToken(org: Command): void {
  org
    .command('api-token')
    .description('Reveal or refresh the API token of an organization. Each reveal is in the audit log.')
    .requiredOption('--org <name>', 'organization')
    .option('--refresh', 'replace it; the old one stops working immediately')
    .addHelpText(
      'after',
      `
Examples:
  $ export HF_TOKEN=$(guildhall org api-token --org acme)
  $ guildhall org api-token --org acme --refresh`,
    )
    .action(
      action<Options>(async ({ org: name, refresh }, out) => {
        const params = { org: name }
        const reply = await withHub(({ client }) =>
          refresh
            ? client.call(api.organizationToken.refreshOrganizationToken, { params })
            : client.call(api.organizationToken.revealOrganizationToken, { params }),
        )
        out.result(reply, reply.token)
      }),
    )
}
