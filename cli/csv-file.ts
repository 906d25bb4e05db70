import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { UsageError } from './failure.ts'

/** Reads a file of CSV, or standard input for `-`; one that is not UTF-8 is refused whole. */
export async function readCsvFile(path: string): Promise<string> {
  const bytes = await bytesOf(path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${path} is not UTF-8. Save it as “CSV UTF-8”.`)
  }
}

async function bytesOf(path: string): Promise<Buffer> {
  if (path === '-') return buffer(process.stdin)
  try {
    return await readFile(path)
  } catch (error) {
    throw new UsageError(`${path} can’t be read: ${(error as Error).message}`)
  }
}
