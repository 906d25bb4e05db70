import { parse } from 'csv-parse/sync'
import { badField, HubError } from './errors.ts'

/** One line of a CSV file (RFC 4180), every cell quoted; a cell that a spreadsheet would run is made text. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

// A spreadsheet takes a cell that begins with one of these for a formula; an apostrophe makes it text.
function cell(value: string): string {
  const text = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return `"${text.replaceAll('"', '""')}"`
}

/** What a CSV file has to look like. */
export interface CsvShape {
  /** The field of the request that holds it, for refusals. */
  field: string
  columns: readonly string[]
  /** Columns that people read and this hub passes over. */
  ignored?: readonly string[]
  /** One of these at least. */
  needs: readonly string[]
  maxRows: number
}

/** A row of a CSV file: the cells by column, absent ones empty, and the line of the file on which it ends. */
export interface CsvRow {
  line: number
  cells: Record<string, string>
}

/** Reads a CSV file with a header line, in any order of columns; what is not of this form is refused whole with one sentence. */
export function readCsv(text: string, shape: CsvShape): CsvRow[] {
  const [header, ...rows] = recordsOf(text, shape)
  const columns = header?.record.map((name) => name.toLowerCase()) ?? []
  refuseHeader(columns, shape)
  if (rows.length === 0) throw badField(shape.field, 'has no rows below its header.')
  if (rows.length > shape.maxRows)
    throw new HubError(
      'PayloadTooLarge',
      `The file has ${rows.length} rows; at most ${shape.maxRows} are taken at once.`,
    )
  return rows.map(({ record, info }) => ({
    line: info.lines,
    cells: Object.fromEntries(columns.map((name, at) => [name, plain(record[at] ?? '')])),
  }))
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

function recordsOf(text: string, { field }: CsvShape): Parsed[] {
  // What a file in another encoding turns into when it is read as UTF-8
  if (text.includes('\uFFFD')) throw badField(field, 'is not UTF-8; save the file as “CSV UTF-8”.')
  try {
    // With info each row comes with its place, which the types of csv-parse leave out
    const parsed: unknown = parse(text, { bom: true, trim: true, skip_empty_lines: true, info: true })
    return parsed as Parsed[]
  } catch (error) {
    throw badField(field, `is not CSV: ${(error as Error).message}`)
  }
}

function refuseHeader(columns: readonly string[], { field, columns: known, ignored = [], needs }: CsvShape): void {
  const unknown = columns.find((name) => !known.includes(name) && !ignored.includes(name))
  const twice = columns.find((name, at) => columns.indexOf(name) !== at)
  const expected = `The first line must name the columns: ${needs.join(' or ')}, and as wanted ${known.filter((name) => !needs.includes(name)).join(', ')}.`
  if (!needs.some((name) => columns.includes(name)))
    throw badField(field, `has no column ${needs.join(' or ')}. ${expected}`)
  if (unknown !== undefined) throw badField(field, `has an unknown column “${unknown}”. ${expected}`)
  if (twice !== undefined) throw badField(field, `has the column “${twice}” twice.`)
}

// What csvLine made text comes back as it was.
function plain(value: string): string {
  return /^'[\s]*[=+\-@]/.test(value) ? value.slice(1) : value
}
