import { join } from 'node:path'
import type { Command } from 'commander'
import { childEnvironment, packageRoot } from './environment.ts'
import { action } from './output.ts'

/** `guildhall serve`: runs a hub until it is told to stop. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description(
      'Run Guildhall until it gets SIGTERM. Uses the PostgreSQL in DATABASE_URL, or its own in the data folder.',
    )
    .option('--demo', 'load the demo first')
    .addHelpText(
      'after',
      `
Logs are JSON lines on standard output. The URL to open is printed on standard error.

Examples:
  $ guildhall serve
  $ GUILDHALL_PORT=9000 GUILDHALL_DATA_DIR=/var/lib/guildhall guildhall serve
  $ guildhall serve --demo`,
    )
    .action(
      action<{ demo?: boolean }>(async ({ demo }) => {
        const hub = ['--max-semi-space-size=8', join(packageRoot, 'server/main.ts')]
        const program = [process.execPath, ...hub, ...(demo ? ['--demo'] : [])]
        // The hub takes the place of this process, so that signals and exit code are its own
        process.execve?.(process.execPath, program, childEnvironment())
      }),
    )
}
