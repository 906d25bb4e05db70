import { parse } from 'csv-parse/sync'
import * as api from '../api/index.ts'
import { readCsvFile } from './csv-file.ts'
import { UsageError } from './failure.ts'
import type { GroupWish } from './group-names.ts'
import type { Wish } from './role-change.ts'

/** One row of a file of roles: what is wanted, or why it cannot be read. */
export interface RoleRow {
  /** Line of the file on which the row ends; the header is line 1. */
  line: number
  user: string
  wish: Wish | { problem: string }
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

/**
 * Reads a CSV file of members and their roles, an export of them included; a file that is not of this form is refused
 * whole.
 */
export async function readRolesFile(path: string): Promise<RoleRow[]> {
  const records = recordsOf(await readCsvFile(path), path)
  const [header, ...rows] = records
  const columns = api.peopleCsv.columnsOf(header?.record ?? [])
  refuseHeader(
    columns.map(({ name }) => name),
    path,
  )
  if (rows.length === 0) throw new UsageError(`${path} has no rows below the header.`)
  const long = rows.find(({ record }) => api.peopleCsv.hasMore(record, columns))
  if (long) throw new UsageError(`${path} has more cells in line ${long.line} than the header.`)
  return rows.map(({ record, line }) => {
    const cells = columns.map(({ name, at }) => [name, api.peopleCsv.plainCell(record[at] ?? '')])
    return rowOf(Object.fromEntries(cells), line)
  })
}

function recordsOf(content: string, path: string): { record: string[]; line: number }[] {
  try {
    const { separator, text } = api.peopleCsv.csvDialect(content)
    const parsed: unknown = parse(text, { ...api.peopleCsv.parsing, delimiter: separator })
    return (parsed as Parsed[]).map(({ record, info }) => ({ record, line: info.lines }))
  } catch (error) {
    throw new UsageError(`${path} is not valid CSV: ${(error as Error).message}`)
  }
}

function refuseHeader(columns: string[], path: string): void {
  const known: readonly string[] = [...api.peopleCsv.peopleColumns, ...api.peopleCsv.columnsForPeople]
  const unknown = columns.find((name) => !known.includes(name))
  const missing = ['username', 'role'].find((name) => !columns.includes(name))
  const expected = 'The first line must be “username,role” or “username,role,groups”.'
  if (missing !== undefined) throw new UsageError(`${path} has no column “${missing}”. ${expected}`)
  if (unknown !== undefined) throw new UsageError(`${path} has an unknown column “${unknown}”. ${expected}`)
}

function rowOf(
  { username = '', email = '', op = '', role = '', groups = '' }: Record<string, string>,
  line: number,
): RoleRow {
  const refused = (problem: string) => ({ line, user: username || email, wish: { problem } })
  if (username === '') return refused('username: Missing.')
  if (!['', 'set'].includes(op.toLowerCase()))
    return refused(`op: Use “members bulk” for ${op}. This command supports only set.`)
  const wanted = api.peopleCsv.readRoleCell(role)
  if (wanted === undefined) return refused('role: Missing.')
  if (typeof wanted === 'object') return refused(wanted.problem)
  const named = api.peopleCsv.readGroupsCell(groups)
  if (named !== undefined && 'problem' in named) return refused(named.problem)
  return { line, user: username, wish: { username, role: wanted, groups: wishOf(named) } }
}

function wishOf(named: api.peopleCsv.GroupPair[] | undefined): GroupWish {
  if (named === undefined) return 'keep'
  return named.length === 0 ? 'none' : named.map(({ id: group, role }) => ({ group, role }))
}
