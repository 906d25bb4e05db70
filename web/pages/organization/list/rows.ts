import type { bulk } from '../../../../api/index.ts'
import { rowsOf, separatorOf } from '../../repository/file/csv.ts'

/** People to invite, as they were pasted: a file with a header, or names and addresses one after the other. */
export type PastedList = { count: number } & ({ csv: string } | { rows: bulk.InviteRow[] })

/** Reads what was pasted or dropped; undefined when no one is in it. */
export function readList(text: string): PastedList | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
  const [first] = lines
  if (first === undefined) return undefined
  if (isHeader(first)) return tableOf(text.trimStart())
  const rows = lines.flatMap(peopleIn).map(rowOf)
  return rows.length === 0 ? undefined : { rows, count: rows.length }
}

function isHeader(line: string): boolean {
  const names = line.split(/[,;\t]/).map((cell) => cell.replaceAll('"', '').trim().toLowerCase())
  return names.includes('email') || names.includes('username')
}

// Spreadsheets write semicolons in some countries, and tabs onto the clipboard; the hub reads commas.
function tableOf(text: string): PastedList | undefined {
  const table = rowsOf(text, separatorOf(text), Number.POSITIVE_INFINITY)
  if (table.length < 2) return undefined
  const quoted = table.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
  return { csv: `${quoted.join('\n')}\n`, count: table.length - 1 }
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
