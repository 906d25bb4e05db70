import { after } from 'node:test'
import pg from 'pg'

/** Counts the deadlocks that PostgreSQL ends from now on; the hub tries such transactions again, so that no one hears of them. */
export function countDeadlocks(): () => number {
  let found = 0
  const { query } = pg.Client.prototype
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads
  pg.Client.prototype.query = function (this: pg.Client, ...args: any[]): any {
    const reply = Reflect.apply(query, this, args)
    reply?.then?.(undefined, (error: { code?: string }) => {
      if (error.code === '40P01') found++
    })
    return reply
  } as typeof query
  after(() => {
    pg.Client.prototype.query = query
  })
  return () => found
}
