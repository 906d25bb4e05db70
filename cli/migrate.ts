import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Command } from 'commander'
import { childEnvironment, packageRoot } from './environment.ts'
import { Failure } from './failure.ts'
import { action } from './output.ts'

/** `guildhall migrate`: brings the database up to this version. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Update the database to this version. “serve” does this automatically.')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall migrate
  $ DATABASE_URL=postgres://guildhall@db.example.org/guildhall guildhall migrate --json`,
    )
    .action(
      action(async (_options, out) => {
        out.note('Migrating …')
        await migrate()
        out.result({ migrated: true }, 'The database is up to date.')
      }),
    )
}

async function migrate(): Promise<void> {
  const child = spawn(process.execPath, [join(packageRoot, 'server/main.ts'), '--migrate-only'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: childEnvironment(),
  })
  let complaint = ''
  child.stderr.on('data', (part) => {
    complaint += part
  })
  const [code] = await once(child, 'close')
  if (code !== 0)
    throw new Failure(
      complaint
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^guildhall: /, '') || `The migration failed (exit code ${code}).`,
    )
}
