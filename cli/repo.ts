import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { addGate } from './gate.ts'
import { withHub } from './hub.ts'
import { action, table } from './output.ts'

type Checked = api.ReplyOf<typeof api.operator.checkRepositories>

/** `guildhall repo check | gate | reset-xet`: whether every repository is sound, gates, and what helps after a restore. */
export function addRepo(program: Command): void {
  const repo = program.command('repo').description('Repositories of the instance.')
  addGate(repo)
  addResetXet(repo)
  repo
    .command('check')
    .description('Check all repositories with Git, and check that all large files are complete. For site admins.')
    .addHelpText(
      'after',
      '\nChanges nothing. The exit code is 1 if there are problems.\n\nExamples:\n  $ guildhall repo check',
    )
    .action(
      action(async (_options, out) => {
        const rows = await withHub(({ client }) => checkAll(client))
        const wrong = rows.filter(({ problems }) => problems.length > 0)
        const cells = wrong.flatMap(({ id, type, folder, problems }) =>
          problems.map((line) => [id, type, folder, line]),
        )
        const sound = `${rows.length} repositories, no problems.`
        out.result({ checked: rows.length, wrong }, table(['REPOSITORY', 'TYPE', 'FOLDER', 'PROBLEM'], cells, sound))
        if (wrong.length > 0) process.exitCode = 1
      }),
    )
}

function addResetXet(repo: Command): void {
  repo
    .command('reset-xet')
    .description('Have clients forget what they uploaded by Xet. For site admins, after restoring a backup.')
    .addHelpText(
      'after',
      '\nDeletes nothing. Clients send data again that they would not send otherwise.\n\nExamples:\n  $ guildhall repo reset-xet',
    )
    .action(
      action(async (_options, out) => {
        const done = await withHub(({ client }) => client.call(api.xet.resetXet))
        out.result(done, `Reset uploads to ${done.repositories} repositories.`)
      }),
    )
}

async function checkAll(client: api.Client): Promise<Checked> {
  const rows: Checked = []
  let page = await client.answer(api.operator.checkRepositories, { query: { limit: 20 } })
  for (;;) {
    rows.push(...page.data)
    if (page.next === undefined) return rows
    page = await client.follow(api.operator.checkRepositories, page.next)
  }
}
