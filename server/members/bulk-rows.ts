import { bulk, type OrgRole, peopleCsv } from '../../api/index.ts'
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
  groups?: peopleCsv.GroupPair[] | undefined
  problem?: string | undefined
}

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
    columns: peopleCsv.peopleColumns,
    ignored: peopleCsv.columnsForPeople,
    needs: ['username', 'email'],
    maxRows: bulk.bulkLimits.members,
  }
  return mapPaced(await readCsv(csv ?? '', shape), wishOf)
}

function wishOf({ line, cells }: CsvRow): Wish {
  const { username = '', email = '', role: roleCell = '', groups: groupsCell = '' } = cells
  const op = (cells.op || 'set').toLowerCase()
  const wish = { row: line, op, username: username || undefined, email: email || undefined }
  if (!isOp(op)) return { ...wish, problem: `op: must be one of ${bulk.bulkOps.join(', ')}.` }
  return { ...wish, ...roleAndGroups(roleCell, groupsCell) }
}

/** What the cells of a row say about role and groups, or why they cannot be read. */
export function roleAndGroups(roleCell: string, groupsCell: string): Pick<Wish, 'role' | 'groups' | 'problem'> {
  const role = peopleCsv.readRoleCell(roleCell)
  if (typeof role === 'object') return role
  const groups = peopleCsv.readGroupsCell(groupsCell)
  return groups !== undefined && 'problem' in groups ? { role, ...groups } : { role, groups }
}

/** Whether the word is one of the operations. */
export function isOp(op: string): op is bulk.BulkOp {
  return bulk.bulkOps.some((known) => known === op)
}
