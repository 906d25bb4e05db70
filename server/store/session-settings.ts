/** Settings of a connection as a statement: a pooler such as pgbouncer refuses them among the start parameters. */
export function settingsText(settings: Record<string, string | number>): string {
  return Object.entries(settings)
    .map(([name, value]) => `set ${name} = '${value}'`)
    .join('; ')
}
