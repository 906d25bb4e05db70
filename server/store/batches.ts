import { type Question, valuesNow } from './questions.ts'

// What stands in quotes is left as it is
const quotedOrValue = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g

/**
 * The statement that answers many questions of one text at once. Its values are arrays, one for each value of the text, with an
 * element for each question. Each question is answered by itself, one after the other, as if it were asked alone.
 *
 * @param types PostgreSQL's name for the type of each value.
 */
export function batchText(text: string, types: readonly string[]): string {
  const arrays = types.map((type, index) => `$${index + 1}::${type}[]`)
  const values = types.map((_, index) => `v${index + 1}`)
  const one = text.replaceAll(quotedOrValue, (found, index?: string) => (index ? `asked_together.v${index}` : found))
  // The offset keeps the planner from joining all questions with the tables at once, by reading these as a whole.
  return `select answer.*, asked_together.number::int
    from unnest(${arrays.join(', ')}) with ordinality asked_together(${values.join(', ')}, number)
    cross join lateral (select * from (${one}) one offset 0) answer`
}

/** The values of many questions, as {@link batchText} takes them. */
export function batchValues(questions: readonly Question[]): unknown[][] {
  const rows = questions.map(({ values }) => valuesNow(values))
  return (rows[0] ?? []).map((_, index) => rows.map((values) => values[index]))
}

/**
 * The rows of each question, in their order.
 *
 * @param names Those of the columns, with that of the number at the end; each row is an array of values in this order.
 */
export function rowsOfEach(names: readonly string[], rows: readonly unknown[][], count: number): object[][] {
  const own = names.slice(0, -1)
  const empty: Record<string, unknown> = Object.fromEntries(own.map((name) => [name, null]))
  const each: object[][] = Array.from({ length: count }, () => [])
  for (const values of rows) {
    const row = { ...empty }
    for (let column = 0; column < own.length; column++) row[own[column] as string] = values[column]
    each[(values[own.length] as number) - 1]?.push(row)
  }
  return each
}
