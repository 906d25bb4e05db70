import { bulk, type OrgRole, type peopleCsv } from '../../api/index.ts'
import { type CsvRow, readCsv } from '../csv/rows.ts'
import { mapPaced } from '../kernel/pace.ts'
import { roleAndGroups } from '../members/bulk-rows.ts'

/** One wish to invite somebody, as it was sent; `problem` says what cannot be read about it. */
export interface InviteWish {
  row: number
  /** The address or the name, for people to find the row again. */
  who: string
  email: string | undefined
  username: string | undefined
  role: OrgRole | undefined
  /** Undefined: nothing was said about groups. */
  groups: peopleCsv.GroupPair[] | undefined
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
  const asked = roleAndGroups(role, groups)
  return { ...wish, role: asked.role, groups: asked.groups, problem: wish.problem ?? asked.problem }
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
