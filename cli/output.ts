import type { Command } from 'commander'
import { exitCodeOf, reportOf } from './failure.ts'

/** How a command answers: one JSON document with `--json`, words for people without. */
export interface Output {
  json: boolean
  /** The result, once, at the end of the command. */
  result(value: unknown, words: string): void
  /** A word along the way, on standard error; silent with `--json`. */
  note(words: string): void
}

/** Makes a command's action of a function: errors become one sentence (or JSON) on standard error and the exit code. */
export function action<Options>(work: (options: Options, out: Output) => Promise<void>) {
  return async (options: Options, command: Command): Promise<void> => {
    const json = command.optsWithGlobals().json === true
    try {
      await work(options, outputOf(json))
    } catch (error) {
      writeFailure(error, json)
      process.exitCode = exitCodeOf(error)
    }
  }
}

function outputOf(json: boolean): Output {
  return {
    json,
    result: (value, words) => process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : withEnd(words)),
    note: (words) => {
      if (!json) process.stderr.write(withEnd(words))
    },
  }
}

/** Tells an error on standard error. */
export function writeFailure(error: unknown, json: boolean): void {
  const report = reportOf(error)
  const request = report.requestId === undefined ? '' : ` (request ${report.requestId})`
  process.stderr.write(json ? `${JSON.stringify(report)}\n` : `guildhall: ${printable(report.error)}${request}\n`)
}

/** Lines up rows under a header; `none` is said when there are no rows. */
export function table(header: string[], rows: string[][], none: string): string {
  if (rows.length === 0) return none
  const all = [header, ...rows.map((row) => row.map(printable))]
  const widths = header.map((_, column) => all.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0))
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return lines.map((line) => line.trimEnd()).join('\n')
}

/** A name, then its value, line by line. */
export function facts(pairs: [string, string][]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`.trimEnd()).join('\n')
}

/** Words of a server on one line: what servers say must not steer the terminal. */
export function printable(words: string): string {
  return words.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
}

function withEnd(words: string): string {
  return words === '' || words.endsWith('\n') ? words : `${words}\n`
}
