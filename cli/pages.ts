import type * as api from '../api/index.ts'

/** Follows a list from its first page to its last. */
export async function everyPage<O extends Parameters<api.Client['follow']>[0], Row>(
  client: api.Client,
  operation: O,
  first: api.Answer<Row[]>,
): Promise<Row[]> {
  const rows = [...first.data]
  let { next } = first
  while (next !== undefined) {
    const page: api.Answer<unknown> = await client.follow(operation, next)
    rows.push(...(page.data as Row[]))
    next = page.next
  }
  return rows
}
