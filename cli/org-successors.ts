import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'

type Successors = api.ReplyOf<typeof api.organizations.getSuccessors>

interface Options {
  org: string
  set?: string
  none?: boolean
}

/** `guildhall org successors`: who becomes admin, in order, when there are no active admins. */
export function addSuccessors(org: Command): void {
  org
    .command('successors')
    .description('Show or set the members who become admin, in order, if no admin is active.')
    .requiredOption('--org <name>', 'organization')
    .option('--set <usernames>', 'usernames of members, in order, separated by commas')
    .option('--none', 'remove all successors')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org successors --org acme
  $ guildhall org successors --org acme --set grace,hugo --json`,
    )
    .action(
      action<Options>(async (options, out) => {
        const named = namesOf(options)
        const params = { org: options.org }
        const reply = await withHub(({ client }) =>
          named === undefined
            ? client.call(api.organizations.getSuccessors, { params })
            : client.call(api.organizations.setSuccessors, { params, body: { successors: named } }),
        )
        out.result(reply, wordsOf(reply))
      }),
    )
}

function namesOf({ set, none }: Options): string[] | undefined {
  if (set !== undefined && none) throw new UsageError('Give either --set or --none.')
  if (none) return []
  return set
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function wordsOf({ successors }: Successors): string {
  const rows = successors.map(({ user, fullname, role, usable }, index) => {
    return [String(index + 1), user, fullname, role, usable ? 'yes' : 'no']
  })
  return table(['POSITION', 'USER', 'NAME', 'ROLE', 'CAN TAKE OVER'], rows, 'No successors.')
}
