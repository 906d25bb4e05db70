import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { parse } from 'csv-parse'
import { peopleCsv } from '../../api/index.ts'
import { badField, HubError } from '../kernel/errors.ts'

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

/**
 * Reads a CSV file with a header line, in any order of columns; what is not of this form is refused whole with one
 * sentence. Reads piece by piece, so that other work of the process goes on, and no further than as many rows as it may.
 */
export async function readCsv(text: string, shape: CsvShape): Promise<CsvRow[]> {
  const [header, ...rows] = await recordsOf(text, shape)
  const columns = peopleCsv.columnsOf(header?.record ?? [])
  refuseHeader(
    columns.map(({ name }) => name),
    shape,
  )
  if (rows.length === 0) throw badField(shape.field, 'has no rows below the header.')
  if (rows.length > shape.maxRows)
    throw new HubError('PayloadTooLarge', `The file has more than ${shape.maxRows} rows. Split it into smaller files.`)
  const long = rows.find(({ record }) => peopleCsv.hasMore(record, columns))
  if (long) throw badField(shape.field, `has more cells in line ${long.info.lines} than the header.`)
  return rows.map(({ record, info }) => ({
    line: info.lines,
    cells: Object.fromEntries(columns.map(({ name, at }) => [name, peopleCsv.plainCell(record[at] ?? '')])),
  }))
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

async function recordsOf(file: string, { field, maxRows }: CsvShape): Promise<Parsed[]> {
  // What a file in another encoding turns into when it is read as UTF-8
  if (file.includes('\uFFFD')) throw badField(field, 'is not UTF-8. Save the file as “CSV UTF-8”.')
  const records: Parsed[] = []
  try {
    // With info each row comes with its place, which the types of csv-parse leave out
    const { separator, text } = peopleCsv.csvDialect(file)
    const parser = parse({ ...peopleCsv.parsing, delimiter: separator, max_record_size: 100_000 })
    for await (const parsed of Readable.from(pieces(text)).pipe(parser)) {
      records.push(parsed as Parsed)
      // One for the header, and one that is too many
      if (records.length > maxRows + 1) break
    }
  } catch (error) {
    throw badField(field, `is not valid CSV: ${(error as Error).message}`)
  }
  return records
}

const pieceBytes = 8192

async function* pieces(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    yield bytes.subarray(from, from + pieceBytes)
    await setImmediate()
  }
}

function refuseHeader(columns: readonly string[], { field, columns: known, ignored = [], needs }: CsvShape): void {
  const unknown = columns.find((name) => !known.includes(name) && !ignored.includes(name))
  const twice = columns.find((name, at) => columns.indexOf(name) !== at)
  const expected = `The first line must contain ${needs.join(' or ')}. Optional columns are ${known.filter((name) => !needs.includes(name)).join(', ')}.`
  if (!needs.some((name) => columns.includes(name)))
    throw badField(field, `has no column ${needs.join(' or ')}. ${expected}`)
  if (unknown !== undefined) throw badField(field, `has an unknown column “${unknown}”. ${expected}`)
  if (twice !== undefined) throw badField(field, `has two columns named “${twice}”.`)
}
