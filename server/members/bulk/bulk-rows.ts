import { bulk, EmailAddress, type OrgRole, peopleCsv } from '../../../api/index.ts'
import { type CsvRow, readCsv } from '../../csv/rows.ts'
import { mapPaced } from '../../kernel/pace.ts'
import { lowerName } from '../../users/names/names.ts'

/** One wish about one person, as it was sent; `problem` says what cannot be read about it. */
export interface Wish {
  row: number
  op: string
  /** The name or the address, for people to find the row again. */
  who: string
  username?: string | undefined
  email?: string | undefined
  role?: OrgRole | undefined
  /** Undefined: nothing was said about groups. */
  groups?: peopleCsv.GroupPair[] | undefined
  problem?: string | undefined
}

/** Which wishes are read: about members and others, or all of them invitations. */
export interface WishKind {
  columns: readonly string[]
  maxRows: number
  /** The operation of a row that names none. */
  op: bulk.BulkOp
}

/** Wishes about members, and others: any operation. */
export const memberWishes: WishKind = { columns: peopleCsv.peopleColumns, maxRows: bulk.bulkLimits.members, op: 'set' }

/** Wishes to invite people. */
export const inviteWishes: WishKind = {
  columns: peopleCsv.peopleColumns.filter((column) => column !== 'op'),
  maxRows: bulk.bulkLimits.invitations,
  op: 'invite',
}

/** Reads what a request asks for, from its rows or its CSV; a file that is no such table is refused whole. */
export async function readWishes(
  { rows, csv }: { rows?: (bulk.BulkRow | bulk.InviteRow)[] | undefined; csv?: string | undefined },
  kind: WishKind,
): Promise<Wish[]> {
  if (rows !== undefined) return mapPaced(rows, (row, index) => ofRow(row, index + 1, kind))
  const shape = { field: 'csv', ...kind, ignored: peopleCsv.columnsForPeople, needs: ['username', 'email'] }
  return mapPaced(await readCsv(csv ?? '', shape), (row) => ofLine(row, kind))
}

function ofRow(row: bulk.BulkRow | bulk.InviteRow, number: number, { op }: WishKind): Wish {
  const { username, email, role, groups } = row
  return wishOf({ row: number, op: 'op' in row ? row.op : op, role, groups }, { username, email })
}

function ofLine({ line, cells }: CsvRow, kind: WishKind): Wish {
  const { username, email, role = '', groups = '' } = cells
  const op = (cells.op || kind.op).toLowerCase()
  return wishOf({ row: line, op, ...roleAndGroups(role, groups) }, { username, email })
}

const longestShown = 254

function wishOf(
  said: Omit<Wish, 'who' | 'username' | 'email'>,
  named: { username: string | undefined; email: string | undefined },
): Wish {
  const [username, typed] = [named.username?.trim() || undefined, named.email?.trim() || undefined]
  const email = typed && (EmailAddress.safeParse(typed).data ?? typed)
  const who = (email ?? username ?? '').slice(0, longestShown)
  return { ...said, who, username, email, problem: problemOf(said.op, username, email) ?? said.problem }
}

function problemOf(op: string, username: string | undefined, email: string | undefined): string | undefined {
  if (!isOp(op)) return `op: must be one of ${bulk.bulkOps.join(', ')}.`
  if (username === undefined && email === undefined) return 'username: Give a username or an email.'
  if (username !== undefined && email !== undefined) return 'Give either username or email, not both.'
  return undefined
}

function isOp(op: string): op is bulk.BulkOp {
  return bulk.bulkOps.some((known) => known === op)
}

/** The one by whom a row is known, to mails and to other rows: the address, or the name in small letters. */
export function wishKey({ email, username }: Pick<Wish, 'email' | 'username'>): string {
  return email?.toLowerCase() ?? lowerName(username ?? '')
}

// What the cells of a row say about role and groups, or why they cannot be read.
function roleAndGroups(roleCell: string, groupsCell: string): Pick<Wish, 'role' | 'groups' | 'problem'> {
  const role = peopleCsv.readRoleCell(roleCell)
  if (typeof role === 'object') return role
  const groups = peopleCsv.readGroupsCell(groupsCell)
  return groups !== undefined && 'problem' in groups ? { role, ...groups } : { role, groups }
}
