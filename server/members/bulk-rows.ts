import { bulk, type GroupRole, groupRoles, type OrgRole, orgRoles } from '../../api/index.ts'
import { type CsvRow, readCsv } from '../csv/rows.ts'
import { mapPaced } from '../kernel/pace.ts'

/** One wish about one person, as it was sent; `problem` says what cannot be read about it. */
export interface Wish {
  row: number
  op: string
  username?: string | undefined
  email?: string | undefined
  role?: OrgRole | undefined
  /** Undefined: nothing was said about groups. */
  groups?: { id: string; role: GroupRole }[] | undefined
  problem?: string
}

/** The columns that an export has for people, and a change of many passes over. */
const columnsForPeople = [
  'fullname',
  'source',
  'joined',
  'last_active',
  'two_factor',
  'expires',
  'verified_email',
] as const

/** The cell that says that somebody is to be in no group; an empty one says nothing about groups. */
export const noGroups = '-'

/** Reads what a request asks for, from its rows or its CSV; a file that is no such table is refused whole. */
export async function wishesOf({
  rows,
  csv,
}: {
  rows?: bulk.BulkRow[] | undefined
  csv?: string | undefined
}): Promise<Wish[]> {
  if (rows !== undefined) return rows.map((row, index) => ({ ...row, row: index + 1 }))
  const shape = {
    field: 'csv',
    columns: ['username', 'email', 'op', 'role', 'groups'],
    ignored: columnsForPeople,
    needs: ['username', 'email'],
    maxRows: bulk.bulkLimits.members,
  }
  return mapPaced(await readCsv(csv ?? '', shape), wishOf)
}

function wishOf({ line, cells }: CsvRow): Wish {
  const { username = '', email = '', role = '', groups = '' } = cells
  const op = (cells.op || 'set').toLowerCase()
  const wish = { row: line, op, username: username || undefined, email: email || undefined }
  const problem = problemOf(op, role.toLowerCase())
  if (problem !== undefined) return { ...wish, problem }
  const asked = groupsIn(groups)
  if (typeof asked === 'string') return { ...wish, problem: asked }
  return { ...wish, role: orgRoles.find((known) => known === role.toLowerCase()), groups: asked }
}

function problemOf(op: string, role: string): string | undefined {
  if (!isOp(op)) return `op: must be one of ${bulk.bulkOps.join(', ')}.`
  if (role !== '' && !orgRoles.some((known) => known === role)) return `role: must be one of ${orgRoles.join(', ')}.`
  return undefined
}

/** Whether the word is one of the operations. */
export function isOp(op: string): op is bulk.BulkOp {
  return bulk.bulkOps.some((known) => known === op)
}

/** Reads a cell of groups, `name:role` separated by `;`: undefined when it is empty, a sentence when it cannot be read. */
export function groupsIn(cell: string): Wish['groups'] | string {
  if (cell === '') return undefined
  if (cell === noGroups) return []
  const groups: { id: string; role: GroupRole }[] = []
  for (const pair of cell.split(';').map((part) => part.trim())) {
    if (pair === '') continue
    const colon = pair.lastIndexOf(':')
    const role = groupRoles.find(
      (known) =>
        known ===
        pair
          .slice(colon + 1)
          .trim()
          .toLowerCase(),
    )
    if (colon < 1 || role === undefined)
      return `groups: “${pair}” is not of the form name:role, with a role of ${groupRoles.join(', ')}.`
    groups.push({ id: pair.slice(0, colon).trim(), role })
  }
  return groups
}

/** Groups as a cell of CSV; one whose name would not be read back as it is stands there with its id. */
export function groupsCell(groups: readonly { id: string; name: string; role: string }[]): string {
  return groups.map(({ id, name, role }) => `${/;|^\s|\s$/.test(name) ? id : name}:${role}`).join(';')
}
