import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'
import { everyPage } from './pages.ts'

interface Options {
  org: string
  id?: string
  output?: string
}

/** `guildhall members imports`: changes of many people that can still be undone. */
export function addMembersImports(members: Command): void {
  members
    .command('imports')
    .description('List the bulk changes and bulk invitations of the last 30 days, or get the undo file of one.')
    .requiredOption('--org <name>', 'organization')
    .option('--id <id>', 'write the undo file of this import to standard output')
    .option('--output <file>', 'file to write the undo file to; with --id')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall members imports --org acme
  $ guildhall members imports --org acme --id 665f1c2e9b1d4a0012345678 --output undo.csv
  $ guildhall members bulk --org acme --file undo.csv --apply`,
    )
    .action(
      action<Options>(async ({ org, id, output }, out) => {
        if (id === undefined && output !== undefined) throw new UsageError('--output requires --id.')
        if (id === undefined) {
          const rows = await withHub(({ client }) => listImports(client, org))
          const header = ['ID', 'TYPE', 'APPLIED', 'BY', 'CHANGED', 'INVITED', 'REMOVED', 'REVOKED', 'KEPT UNTIL']
          return out.result(rows, table(header, rows.map(cells), 'No imports in the last 30 days.'))
        }
        const found = await withHub(({ client }) => client.call(api.bulk.getImport, { params: { org, id } }))
        if (output === undefined) return out.result(found, found.inverse)
        await writeFile(output, found.inverse, { mode: 0o600 })
        out.result(found, `Wrote the undo file to ${output}.`)
      }),
    )
}

async function listImports(client: api.Client, org: string): Promise<api.bulk.Import[]> {
  const first = await client.answer(api.bulk.listImports, { params: { org }, query: { limit: 1000 } })
  return everyPage(client, api.bulk.listImports, first)
}

function cells({ id, kind, createdAt, createdBy, keptUntil, counts }: api.bulk.Import): string[] {
  const { changed, invited, removed, revoked } = counts
  return [id, kind, createdAt, createdBy ?? '', ...[changed, invited, removed, revoked].map(String), keptUntil]
}
