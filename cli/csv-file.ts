import { UsageError } from './failure.ts'
import { readGivenFile } from './given-file.ts'

/** Reads a file of CSV, or standard input for `-`; one that is not UTF-8 is refused whole. */
export async function readCsvFile(path: string): Promise<string> {
  const bytes = await readGivenFile(path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${path} is not UTF-8. Save it as “CSV UTF-8”.`)
  }
}
