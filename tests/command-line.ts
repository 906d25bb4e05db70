import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** The command itself. */
export const program = join(import.meta.dirname, '../bin/guildhall.mjs')
/** A folder of this test file's own, gone at its end. */
export const folder = mkdtempSync(join(tmpdir(), 'guildhall-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** How a command ended, and what it said. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Variables of the environment of a command. */
export type Variables = Record<string, string>

/** The environment without what the tester's own shell has set for the commands. */
export function cleanEnvironment(variables: Variables): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(HF_|GUILDHALL_|DATABASE_URL|NODE_TEST|NODE_OPTIONS)/.test(name),
  )
  return { ...Object.fromEntries(own), ...variables }
}

/** Runs a command to its end. */
export async function guildhall(command: string[], variables: Variables, input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...command], { env: cleanEnvironment(variables), cwd: folder })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (part) => {
    ended.stdout += part
  })
  child.stderr.on('data', (part) => {
    ended.stderr += part
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  ;[ended.code] = await once(child, 'close')
  return ended
}

/** Runs a command that must succeed. */
export async function done(command: string[], variables: Variables, input?: string): Promise<Ended> {
  const ended = await guildhall(command, variables, input)
  assert.equal(ended.code, 0, `${command.join(' ')}: ${ended.stderr}`)
  return ended
}

/** Runs a command that must succeed, and reads its JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
export async function json(command: string[], variables: Variables): Promise<any> {
  return JSON.parse((await done([...command, '--json'], variables)).stdout)
}
