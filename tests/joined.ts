import { CompiledQuery } from 'kysely'
import { batchText, batchValues } from '../server/store/batches.ts'
import type { Db } from '../server/store/database.ts'
import { typesOfValues } from './plans.ts'

/** How a short read answers together with the same of others: as alone, otherwise, or not at all. */
export type Joined = 'same' | 'different' | 'alone only'

/** Asks a statement with several rows of values, each alone and all together, and compares the rows. */
export async function joinedAsAlone(db: Db, text: string, several: unknown[][]): Promise<Joined> {
  const types = await typesOfValues(db, text)
  if (types.length === 0 || types.some((type) => type.endsWith('[]'))) return 'alone only'
  const ask = async (words: string, values: unknown[]) =>
    (await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(words, values))).rows
  const alone = await Promise.all(several.map((values) => ask(text, values)))
  const values = batchValues(several.map((each) => ({ text, values: each })))
  const together = await ask(batchText(text, types), values).catch(() => undefined)
  if (together === undefined) return 'alone only'
  const ofEach = alone.map((rows, index) => rows.map((row) => ({ ...row, number: index + 1 })))
  return JSON.stringify(together) === JSON.stringify(ofEach.flat()) ? 'same' : 'different'
}

/** The same values, with IDs and hashes that are of nothing. */
export function ofNothing(values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    if (Buffer.isBuffer(value)) return Buffer.alloc(value.length, 7)
    return typeof value === 'string' && /^[0-9a-f]{24}$/.test(value) ? 'f'.repeat(24) : value
  })
}
