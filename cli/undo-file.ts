import { rename, rm, writeFile } from 'node:fs/promises'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'

/**
 * Applies a change of many people and keeps its undo file at a path. The file is on the disk before the change is made, and
 * appears under its name once it was. Only a refusal says that nothing was changed: after anything else, such as an answer
 * that did not come, it stays.
 */
export async function keepingUndo<Applied>(
  path: string | undefined,
  inverse: string,
  apply: () => Promise<Applied>,
): Promise<Applied> {
  if (path === undefined) return apply()
  const unfinished = `${path}.part`
  try {
    await writeFile(unfinished, inverse, { mode: 0o600 })
  } catch (error) {
    throw new UsageError(`${path} can’t be written, so nothing was changed: ${(error as Error).message}`)
  }
  const applied = await apply().catch(async (error: unknown) => {
    if (error instanceof api.ApiError && error.status < 500) await rm(unfinished, { force: true })
    throw error
  })
  await rename(unfinished, path)
  return applied
}
