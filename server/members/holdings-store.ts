import type { MemberSource, OrgRole } from '../../api/index.ts'
import { liveMembership } from '../access/grants.ts'
import type { Db } from '../store/database.ts'
import { sql } from '../store/sql.ts'
import type { HolderIn } from '../users/holding.ts'

interface MembershipRow {
  role: OrgRole
  source: MemberSource
  joinedAt: Date
}

/** The membership of a person that counts now, as a list of one or none. */
export async function listMembershipOf(db: Db, { orgId, userId }: HolderIn, at: Date): Promise<MembershipRow[]> {
  const { rows } = await sql<MembershipRow>`select m.role, m.source, m.joined_at "joinedAt" from memberships m
    where m.org_id = ${orgId} and m.user_id = ${userId} and ${liveMembership('m', at)}`.execute(db)
  return rows
}

/** The position of a person among the successors, counted from 1, as a list of one or none. */
export async function listSuccessorPlaceOf(db: Db, { orgId, userId }: HolderIn): Promise<number[]> {
  const { rows } = await sql<{ place: number }>`select count(*)::int place
    from successors s join successors b on b.org_id = s.org_id and b.position <= s.position
    where s.org_id = ${orgId} and s.user_id = ${userId} having count(*) > 0`.execute(db)
  return rows.map(({ place }) => place)
}
