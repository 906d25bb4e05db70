import { bulk, type GroupRole, type OrgRole, orgRoles } from '../../api/index.ts'
import { type CsvRow, readCsv } from '../csv/rows.ts'
import { mapPaced } from '../kernel/pace.ts'
import { groupsIn } from '../members/bulk-rows.ts'

/** One wish to invite somebody, as it was sent; `problem` says what cannot be read about it. */
export interface InviteWish {
  row: number
  /** The address or the name, for people to find the row again. */
  who: string
  email: string | undefined
  username: string | undefined
  role: OrgRole | undefined
  /** Undefined: nothing was said about groups. */
  groups: { id: string; role: GroupRole }[] | undefined
  problem: string | undefined
}

const longestShown = 254

/** Reads who is to be invited, from the rows of a request or its CSV; a file that is no such table is refused whole. */
export async function inviteWishesOf({
  rows,
  csv,
}: {
  rows?: bulk.InviteRow[] | undefined
  csv?: string | undefined
}): Promise<InviteWish[]> {
  if (rows !== undefined) return mapPaced(rows, ofRow)
  const shape = {
    field: 'csv',
    columns: ['email', 'username', 'role', 'groups'],
    needs: ['email', 'username'],
    maxRows: bulk.bulkLimits.invitations,
  }
  return mapPaced(await readCsv(csv ?? '', shape), ofLine)
}

function ofRow({ email, username, role, groups }: bulk.InviteRow, index: number): InviteWish {
  return { row: index + 1, ...named(email?.trim() || undefined, username?.trim() || undefined), role, groups }
}

function ofLine({ line, cells: { email, username, role = '', groups = '' } }: CsvRow): InviteWish {
  const wish = { row: line, ...named(email || undefined, username || undefined) }
  const known = orgRoles.find((name) => name === role.toLowerCase())
  const asked = groupsIn(groups)
  const unread = role !== '' && known === undefined ? `role: must be one of ${orgRoles.join(', ')}.` : undefined
  if (typeof asked !== 'string') return { ...wish, role: known, groups: asked, problem: wish.problem ?? unread }
  return { ...wish, role: known, groups: undefined, problem: wish.problem ?? unread ?? asked }
}

function named(email: string | undefined, username: string | undefined) {
  const who = (email ?? username ?? '').slice(0, longestShown)
  return { who, email, username, problem: problemOf(email, username) }
}

function problemOf(email: string | undefined, username: string | undefined): string | undefined {
  if (email === undefined && username === undefined) return 'There is neither an address nor a user name.'
  if (email !== undefined && username !== undefined) return 'Give either an address or a user name, not both.'
  return undefined
}
