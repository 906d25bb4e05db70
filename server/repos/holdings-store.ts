import type { leaving } from '../../api/index.ts'
import { acceptedRequest, liveCollaborator } from '../access/grants.ts'
import type { Db, Tx } from '../store/database.ts'
import { matching, sql } from '../store/sql.ts'
import type { Holder, HolderIn } from '../users/holding.ts'

type Access = leaving.Holdings['collaboratorGrants'][number]
type FileLock = leaving.Holdings['fileLocks'][number]

/** Lists the collaborator access of a person that counts now. */
export async function listAccessOf(db: Db, { orgId, userId }: HolderIn, at: Date): Promise<Access[]> {
  const { rows } = await sql<Access>`select o.name || '/' || r.name repository, r.type, rc.role
    from repo_collaborators rc join repositories r on r.id = rc.repo_id join organizations o on o.id = r.org_id
    where r.org_id = ${orgId} and rc.user_id = ${userId} and ${liveCollaborator('rc', at)}
    order by r.type, lower(r.name)`.execute(db)
  return rows
}

/**
 * Deletes the collaborator access of a person, expired rows too. A push that it allows holds its repository: it comes
 * before or after, never in between.
 */
export async function deleteAccessOf(tx: Tx, { orgId, userId }: Holder): Promise<void> {
  await sql`select from repositories r where ${matching('r.org_id', orgId)}
    and r.id in (select rc.repo_id from repo_collaborators rc where rc.user_id = ${userId})
    order by r.id for no key update of r`.execute(tx)
  await sql`delete from repo_collaborators rc using repositories r
    where r.id = rc.repo_id and ${matching('r.org_id', orgId)} and rc.user_id = ${userId}`.execute(tx)
}

type Gated = leaving.Holdings['gatedAccess'][number]

/** Lists the gated repositories whose files a person gets by a request or a grant of their own. */
export async function listGatedAccessOf(db: Db, { orgId, userId }: HolderIn, at: Date): Promise<Gated[]> {
  const { rows } = await sql<Gated>`select o.name || '/' || r.name repository, r.type
    from gate_requests q join repositories r on r.id = q.repo_id join organizations o on o.id = r.org_id
    where r.org_id = ${orgId} and q.user_id = ${userId} and ${acceptedRequest('q', at)}
    order by r.type, lower(r.name)`.execute(db)
  return rows
}

/** Lists the gated repositories for which a request of a person waits. */
export async function listGatedRequestsOf(db: Db, { orgId, userId }: HolderIn): Promise<Gated[]> {
  const { rows } = await sql<Gated>`select o.name || '/' || r.name repository, r.type
    from gate_requests q join repositories r on r.id = q.repo_id join organizations o on o.id = r.org_id
    where r.org_id = ${orgId} and q.user_id = ${userId} and q.state = 'pending'
    order by r.type, lower(r.name)`.execute(db)
  return rows
}

/** Deletes what a person was given and asked for; in an organization, what it rejected stays: they can’t ask again. */
export async function deleteGatedAccessOf(tx: Tx, { orgId, userId }: Holder): Promise<void> {
  await sql`delete from gate_requests q using repositories r where r.id = q.repo_id and ${matching('r.org_id', orgId)}
    and q.user_id = ${userId} and q.state in ('accepted', 'expired')`.execute(tx)
}

/** Deletes the requests of a person that wait; with the account, those that were rejected too. */
export async function deleteGatedRequestsOf(tx: Tx, { orgId, userId }: Holder): Promise<void> {
  await sql`delete from gate_requests q using repositories r where r.id = q.repo_id and ${matching('r.org_id', orgId)}
    and q.user_id = ${userId} and (q.state = 'pending' or ${orgId === undefined})`.execute(tx)
}

/** Lists the files that a person has locked. */
export async function listLocksOf(db: Db, { orgId, userId }: HolderIn): Promise<FileLock[]> {
  const { rows } = await sql<FileLock>`select k.id, o.name || '/' || r.name repository, k.path
    from lfs_locks k join repositories r on r.id = k.repo_id join organizations o on o.id = r.org_id
    where r.org_id = ${orgId} and k.user_id = ${userId} order by k.id`.execute(db)
  return rows
}

/** Unlocks the files that a person has locked. */
export async function deleteLocksOf(tx: Tx, { orgId, userId }: Holder): Promise<void> {
  await sql`delete from lfs_locks k using repositories r
    where r.id = k.repo_id and ${matching('r.org_id', orgId)} and k.user_id = ${userId}`.execute(tx)
}
