import { type bulk, peopleCsv } from '../../../../api/index.ts'
import { rowsOf } from '../../repository/file/csv.ts'
import { everyPerson, rowOf } from '../invitations/people.ts'

/** People to invite, as they were pasted: a file with a header, or names and addresses one after the other. */
export type PastedList = { count: number } & ({ csv: string } | { rows: bulk.InviteRow[] })

/** Reads what was pasted or dropped; undefined when no one is in it. */
export function readList(text: string): PastedList | undefined {
  const { separator, text: table } = peopleCsv.csvDialect(text)
  const lines = table.split(/\r\n|\r|\n/).filter((line) => /[^\s,;]/.test(line))
  const [first] = lines
  if (first === undefined) return undefined
  if (isHeader(first)) return tableOf(text, rowsOf(table, separator, Number.POSITIVE_INFINITY))
  const rows = everyPerson(table).map(rowOf)
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
