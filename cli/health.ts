import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action, facts } from './output.ts'

/** `guildhall health`: how the installation is doing. */
export function addHealth(program: Command): void {
  program
    .command('health')
    .description('Show the health of the instance: database, queue, mail, and counts. For site admins.')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall health
  $ guildhall health --json | jq .jobs.failed`,
    )
    .action(
      action(async (_options, out) => {
        const health = await withHub(({ client }) => client.call(api.operator.operatorHealth))
        out.result(health, facts(linesOf(health)))
      }),
    )
}

function linesOf(health: api.ReplyOf<typeof api.operator.operatorHealth>): [string, string][] {
  const { database, jobs, mail, counts } = health
  return [
    ['Version', health.version],
    ['Address', health.publicUrl],
    ['Started', health.startedAt],
    ['Memory', megabytes(health.memoryBytes)],
    ['Database', `PostgreSQL ${database.version}, ${database.kind}, ${megabytes(database.sizeBytes)}`],
    ['Jobs', `${jobs.waiting} waiting, ${jobs.failed} failed`],
    [
      'Mail',
      mail.configured
        ? `${mail.queued} queued, ${mail.failed} failed`
        : 'no mail server; emails are kept in the outbox',
    ],
    ['People', String(counts.people)],
    ['Organizations', `${counts.organizations}, ${counts.adminless} with no active admins`],
    ['Repositories', String(counts.repositories)],
  ]
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
