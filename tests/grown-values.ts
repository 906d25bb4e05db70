/** How many people the grown database has, all of them members of one organization. */
export const population = 100_000
/** Rows of the tables that grow more slowly. */
export const some = 20_000
export const few = 5000

/** An ID of a kind, by the number of its row. */
export const id = (kind: string, number = 'i') => `'${kind.repeat(16)}' || lpad(to_hex(${number}), 8, '0')`
/** A hash of something, by the number of its row. */
export const hash = (of: string) => `sha256(('${of}' || i)::bytea)`

/** How many rows a table gets, and what is in their columns. */
export interface GrownTable {
  count: number
  columns: Record<string, string>
}
