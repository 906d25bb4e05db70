import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { endpointClient } from './endpoint.ts'
import { surroundings } from './environment.ts'
import { UsageError } from './failure.ts'
import { readGivenFile } from './given-file.ts'
import { withConsole } from './hub.ts'
import { action } from './output.ts'

const anyToken = /\bhf_[a-z][0-9A-Za-z]{38}\b/g

/** `guildhall tokens report-leaked`: deletes the tokens that a file contains. It takes no account. */
export function addLeakedTokens(tokens: Command): void {
  tokens
    .command('report-leaked')
    .description('Report leaked access tokens. They are deleted, and their owners get an email.')
    .requiredOption('--file <path>', 'any text that contains the tokens; - for standard input')
    .addHelpText(
      'after',
      `
You need no account. HF_TOKEN is not used. The answer doesn’t say which tokens exist.

Examples:
  $ guildhall tokens report-leaked --file build.log
  $ git log -p | guildhall tokens report-leaked --file -`,
    )
    .action(
      action<{ file: string }>(async ({ file }, out) => {
        const found = [...new Set((await readGivenFile(file)).toString('utf8').match(anyToken) ?? [])]
        if (found.length === 0) throw new UsageError('No access tokens in this file.')
        await withAnyone(async (client) => {
          for (let from = 0; from < found.length; from += api.credentials.mostLeaked)
            await report(client, found.slice(from, from + api.credentials.mostLeaked))
        })
        const many = found.length === 1 ? '1 value' : `${found.length} values`
        out.result({ reported: found.length }, `Reported ${many}. Those that are access tokens here are deleted.`)
      }),
    )
}

function report(client: api.Client, credentials: string[]) {
  return client.call(api.credentials.revokeLeaked, { body: { credentials } })
}

async function withAnyone(work: (client: api.Client) => Promise<void>): Promise<void> {
  const { endpoint } = surroundings
  if (endpoint !== undefined) return work(endpointClient(endpoint, {}))
  return withConsole(({ client }) => work(client))
}
