import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { type GroupWish, roleAssignment } from './group-names.ts'
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

/** Reads a CSV file with the columns username, role and, if wanted, groups; a file that is not of this form is refused whole. */
export async function readRolesFile(path: string): Promise<RoleRow[]> {
  const records = recordsOf(await contentOf(path), path)
  const [header, ...rows] = records
  const columns = header?.record.map((name) => name.trim().toLowerCase()) ?? []
  refuseHeader(columns, path)
  if (rows.length === 0) throw new UsageError(`${path} has no rows below its header.`)
  return rows.map(({ record, line }) =>
    rowOf(Object.fromEntries(columns.map((name, at) => [name, record[at] ?? ''])), line),
  )
}

async function contentOf(path: string): Promise<string> {
  if (path === '-') return text(process.stdin)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`)
  }
}

function recordsOf(content: string, path: string): { record: string[]; line: number }[] {
  try {
    // With info each row comes with its place, which the types of csv-parse leave out
    const parsed: unknown = parse(content, { bom: true, trim: true, skip_empty_lines: true, info: true })
    return (parsed as Parsed[]).map(({ record, info }) => ({ record, line: info.lines }))
  } catch (error) {
    throw new UsageError(`${path} is not CSV: ${(error as Error).message}`)
  }
}

function refuseHeader(columns: string[], path: string): void {
  const unknown = columns.find((name) => !['username', 'role', 'groups'].includes(name))
  const missing = ['username', 'role'].find((name) => !columns.includes(name))
  const expected = 'The first line must be “username,role” or “username,role,groups”.'
  if (missing !== undefined) throw new UsageError(`${path} has no column “${missing}”. ${expected}`)
  if (unknown !== undefined) throw new UsageError(`${path} has an unknown column “${unknown}”. ${expected}`)
}

function rowOf({ username = '', role = '', groups = '' }: Record<string, string>, line: number): RoleRow {
  const wanted = api.OrgRole.safeParse(role)
  if (username === '') return { line, user: username, wish: { problem: 'username: is missing' } }
  if (!wanted.success)
    return { line, user: username, wish: { problem: `role: must be one of ${api.orgRoles.join(', ')}` } }
  try {
    return { line, user: username, wish: { username, role: wanted.data, groups: groupsIn(groups) } }
  } catch (error) {
    return { line, user: username, wish: { problem: `groups: ${(error as Error).message}` } }
  }
}

function groupsIn(cell: string): GroupWish {
  if (cell === '') return 'keep'
  if (cell === '-') return 'none'
  return cell
    .split(';')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => roleAssignment(pair))
}
