import { HubError } from './errors.ts'

/** One page of a list; `next` is the cursor of the following page. */
export interface Page<T> {
  items: T[]
  next: string | undefined
}

/** Packs the keys of the last row into an opaque cursor. */
export function encodeCursor(keys: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** Unpacks a cursor of so many strings; throws `400` for anything this server did not write. */
export function decodeCursor(cursor: string, length: number): string[] {
  const keys = parse(cursor)
  const sound =
    Array.isArray(keys) &&
    keys.length === length &&
    keys.every((key) => typeof key === 'string' && !key.includes('\0') && key.isWellFormed())
  if (!sound) throw new HubError('BadRequest', 'cursor: is invalid. Start again without it.')
  return keys as string[]
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** Cuts rows read with `limit + 1` down to a page, with the cursor made from the last row kept. */
export function pageOf<Row>(rows: Row[], limit: number, keys: (row: Row) => readonly string[]): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(keys(last)) : undefined }
}
