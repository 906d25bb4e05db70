import type { RepoType, TokenPermission } from '../../api/index.ts'
import type { Db } from '../store/database.ts'
import { arrayOf, rowOf, sql } from '../store/sql.ts'
import { adminRow, countingMembership, hasTwoFactor, inGroup } from './grants.ts'
import { readableRepos } from './lists.ts'
import type { Service } from './service.ts'

export interface ScopeRow {
  token_id: string
  reads_gated: boolean
  /** Null: the token names nothing. */
  type: 'user' | 'org' | 'resource-group' | RepoType | null
  id: string
  /** Null where the owner cannot see it any more. */
  name: string | null
  permissions: TokenPermission[]
}

interface Asked {
  owner: { id: string; service?: Service }
  tokenIds: readonly string[]
  at: Date
}

/** Lists what the scopes of some tokens of one account name; things that it can no longer see without their names. */
export async function listScopes(db: Db, { owner: { id, service }, tokenIds, at }: Asked): Promise<ScopeRow[]> {
  const factor = sql`(select ${hasTwoFactor('hu')} from users hu where hu.id = ${id})`
  const owner = { id, hasTwoFactor: factor, service }
  const seesGroup = sql`exists (select ${countingMembership(sql.raw('g.org_id'), owner, at)}
    and (${adminRow('m')} or ${inGroup(sql.raw('g.id'), sql.raw('m.user_id'))}))`
  const { rows } = await sql<ScopeRow>`
    select t.id as token_id, t.reads_gated, ts.permissions, coalesce(ts.org_id, ts.group_id, ts.repo_id, u.id) as id,
      case when ts.token_id is null then null when ts.org_id is not null then 'org' when ts.group_id is not null then 'resource-group'
        when ts.repo_id is not null then r.type::text else 'user' end as type,
      case when ts.org_id is not null then o.name
        when ts.group_id is not null then seen_group.name when ts.repo_id is not null then seen_repo.name
        else u.name end as name
    from access_tokens t join ${rowOf('users', 't.user_id')} u on true left join token_scopes ts on ts.token_id = t.id
    left join ${rowOf('organizations', 'ts.org_id')} o on o.deleted_at is null
    left join lateral (select go.name || '/' || g.name as name
      from resource_groups g join ${rowOf('organizations', 'g.org_id')} go on go.deleted_at is null
      where g.id = ts.group_id and ${seesGroup} limit 1) seen_group on true
    left join ${rowOf('repositories', 'ts.repo_id')} r on true
    left join lateral (select coalesce(ro.name, ru.name) || '/' || r.name as name
      from (values (true)) one left join ${rowOf('organizations', 'r.org_id')} ro on true
      left join ${rowOf('users', 'r.user_id')} ru on true
      where ${readableRepos(owner, at)} limit 1) seen_repo on true
    where t.id = any(${arrayOf(tokenIds)}) and t.user_id = ${id}
    order by t.id, 5, 6, 4`.execute(db)
  return rows
}
