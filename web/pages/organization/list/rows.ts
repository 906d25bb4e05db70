import { type bulk, peopleCsv } from '../../../../api/index.ts'
import { rowsOf } from '../../repository/file/csv.ts'

/** People to invite, as they were pasted: a file with a header, or names and addresses one after the other. */
export type PastedList = { count: number } & ({ csv: string } | { rows: bulk.InviteRow[] })

/** Reads what was pasted or dropped; undefined when no one is in it. */
export function readList(text: string): PastedList | undefined {
  const { separator, text: table } = peopleCsv.csvDialect(text)
  const lines = table.split(/\r\n|\r|\n/).filter((line) => /[^\s,;]/.test(line))
  const [first] = lines
  if (first === undefined) return undefined
  if (isHeader(first)) return tableOf(text, rowsOf(table, separator, Number.POSITIVE_INFINITY))
  const rows = lines.flatMap(peopleIn).map(rowOf)
  return rows.length === 0 ? undefined : { rows, count: rows.length }
}

function isHeader(line: string): boolean {
  const names = line.split(/[,;\t]/).map((cell) => peopleCsv.columnOf(cell.replaceAll('"', '')))
  return names.includes('email') || names.includes('username')
}

function tableOf(csv: string, rows: string[][]): PastedList | undefined {
  const count = rows.filter((cells) => cells.some((cell) => cell.trim() !== '')).length - 1
  return count < 1 ? undefined : { csv, count }
}

/** `ada@example.org`, `ada, bo; cy`, `Ada Lovelace <ada@example.org>, …` as people copy them from a mail. */
function peopleIn(line: string): string[] {
  const bracketed = [...line.matchAll(/<([^<>]+)>/g)].map(([, inside]) => inside ?? '')
  return (bracketed.length > 0 ? bracketed : line.split(/[\s,;]+/)).map((who) => who.trim()).filter((who) => who !== '')
}

function rowOf(who: string): bulk.InviteRow {
  const isAddress = who.indexOf('@') > 0
  return isAddress ? { email: who } : { username: who.replace(/^@/, '') }
}
