import type { Db } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'

/** The groups whose kept size differs from the number of people that have a role in them. */
export async function wrongGroupSizes(db: Db): Promise<{ name: string; kept: number | null; counted: number }[]> {
  const { rows } = await sql<{ name: string; kept: number | null; counted: number }>`
    select g.name, s.people kept, count(distinct r.user_id)::int counted
    from resource_groups g left join group_sizes s on s.group_id = g.id left join group_roles r on r.group_id = g.id
    group by g.id, g.name, s.people having s.people is distinct from count(distinct r.user_id)`.execute(db)
  return rows
}
