import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withToken } from './hub.ts'
import { action, facts } from './output.ts'

/** `guildhall whoami`: whose token HF_TOKEN is. */
export function addWhoami(program: Command): void {
  program
    .command('whoami')
    .description('Show the owner of HF_TOKEN and their organizations.')
    .addHelpText(
      'after',
      `
Examples:
  $ HF_TOKEN=… guildhall whoami
  $ HF_TOKEN=… HF_ENDPOINT=https://hub.example.org guildhall whoami --json`,
    )
    .action(
      action(async (_options, out) => {
        const me = await withToken(({ client }) => client.call(api.users.whoami))
        const token = me.auth.accessToken
        const organizations = me.orgs.map(({ name, roleInOrg, securityRestrictions = [] }) => {
          const words = [roleInOrg, ...securityRestrictions].filter(Boolean).join(', ')
          return words ? `${name} (${words})` : name
        })
        out.result(
          me,
          facts([
            ['Name', me.name],
            ['Full name', me.fullname],
            [
              'Token',
              token
                ? `${token.displayName} (${token.role === 'fineGrained' ? 'fine-grained' : token.role})`
                : me.auth.type,
            ],
            ['Organizations', organizations.join(', ') || 'none'],
          ]),
        )
      }),
    )
}
