import type { Command } from 'commander'
import type { Check } from './checks.ts'
import { exitCodes } from './failure.ts'
import { action } from './output.ts'

const marks = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const

/** `guildhall doctor`: looks whether a hub can run here, or does, and says what to do about what is wrong. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check the machine and the configuration: programs, folder, database, port, pages, and mail.')
    .addHelpText(
      'after',
      `
Changes nothing. The exit code is 1 if there is an error, and 0 if there are only warnings.

Examples:
  $ guildhall doctor
  $ guildhall doctor --json | jq '.checks[] | select(.state != "ok")'`,
    )
    .action(
      action(async (_options, out) => {
        // Loaded only here, since no other command needs the database and mail libraries
        const { checks } = await import('./checks.ts')
        const found: Check[] = []
        for (const check of checks) found.push(await check())
        const ok = found.every(({ state }) => state !== 'failed')
        out.result({ ok, checks: found }, found.map(wordsOf).join('\n'))
        if (!ok) process.exitCode = exitCodes.failed
      }),
    )
}

function wordsOf({ check, state, finding, advice }: Check): string {
  const line = `${marks[state]}  ${check.padEnd(12)}  ${finding}`
  return advice === undefined ? line : `${line}\n${' '.repeat(23)}→ ${advice}`
}
