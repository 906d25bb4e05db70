import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Machine, Outcome } from './machine.ts'

/** Fails with everything the program said unless it ended well. */
export function succeeded(outcome: Outcome): Outcome {
  assert.equal(outcome.code, 0, outcome.text)
  return outcome
}

/** Fails unless the program failed and said the words. */
export function refused(outcome: Outcome, words: RegExp): Outcome {
  assert.notEqual(outcome.code, 0, `it succeeded:\n${outcome.text}`)
  assert.match(outcome.text, words)
  return outcome
}

/** What git prints, trimmed; fails when git fails. */
export async function gitSays(machine: Machine, cwd: string, ...args: string[]): Promise<string> {
  return succeeded(await machine.git(cwd, ...args)).stdout.trim()
}

/** Runs git commands one after another; each has to succeed. */
export async function gitAll(machine: Machine, cwd: string, ...commands: string[][]): Promise<void> {
  for (const args of commands) succeeded(await machine.git(cwd, ...args))
}

/** The SHA-256 of a file, hexadecimal. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** The SHA-256 of bytes, hexadecimal. */
export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
