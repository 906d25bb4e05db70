import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { UsageError } from './failure.ts'

/** Reads a file that a command was given, or standard input for `-`. */
export async function readGivenFile(path: string): Promise<Buffer> {
  if (path === '-') return buffer(process.stdin)
  try {
    return await readFile(path)
  } catch (error) {
    throw new UsageError(`${path} can’t be read: ${(error as Error).message}`)
  }
}
