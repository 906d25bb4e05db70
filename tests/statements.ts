import pg from 'pg'

/** A statement as it went to PostgreSQL. */
export interface Statement {
  text: string
  values: unknown[]
}

/** Writes down every statement that this process sends, until it is stopped. */
export function recordStatements(): { statements: Statement[]; stop(): void } {
  const statements: Statement[] = []
  const { query } = pg.Client.prototype
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads
  pg.Client.prototype.query = function (this: pg.Client, ...args: any[]): any {
    const [first, second] = args
    const statement = typeof first === 'string' ? { text: first, values: second } : first
    if (typeof statement?.text === 'string') statements.push({ text: statement.text, values: statement.values ?? [] })
    return Reflect.apply(query, this, args)
  } as typeof query
  return {
    statements,
    stop: () => {
      pg.Client.prototype.query = query
    },
  }
}
