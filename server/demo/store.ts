import type { GroupRole, Plan, RepoType } from '../../api/index.ts'
import { now } from '../kernel/clock.ts'
import type { Db, Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Marks the demo as filled; false when it was before. Two that fill at once wait for each other. */
export async function claimDemo(tx: Tx, at: Date): Promise<boolean> {
  const { rows } =
    await sql`update instance set demo_filled_at = ${at} where demo_filled_at is null returning demo_filled_at`.execute(
      tx,
    )
  return rows.length === 1
}

/** The plan of new organizations. */
export async function findDefaultPlan(tx: Tx): Promise<Plan> {
  const { default_plan } = await tx.selectFrom('instance').select('default_plan').executeTakeFirstOrThrow()
  return default_plan
}

interface NewPerson {
  id: string
  emailId: string
  name: string
  fullname: string
  email: string
  passwordHash: string
  twoFactorAt: Date | null
  createdAt: Date
}

/** Inserts an account with a verified address. */
export async function insertPerson(tx: Tx, person: NewPerson): Promise<void> {
  const { id, name, fullname, createdAt } = person
  await sql`insert into users (id, name, fullname, password_hash, totp_enabled_at, created_at)
    values (${id}, ${name}, ${fullname}, ${person.passwordHash}, ${person.twoFactorAt}, ${createdAt})`.execute(tx)
  await sql`insert into emails (id, user_id, address, verified_at, is_primary, created_at)
    values (${person.emailId}, ${id}, ${person.email}, ${createdAt}, true, ${createdAt})`.execute(tx)
}

interface NewOrganization {
  id: string
  name: string
  fullname: string
  details: string
  website: string
  plan: Plan
  createdBy: string
  createdAt: Date
}

/** Inserts an organization. */
export async function insertOrganization(tx: Tx, org: NewOrganization): Promise<void> {
  await sql`insert into organizations (id, name, fullname, details, website, plan, created_by, created_at)
    values (${org.id}, ${org.name}, ${org.fullname}, ${org.details}, ${org.website}, ${org.plan}, ${org.createdBy}, ${org.createdAt})`.execute(
    tx,
  )
}

/** Writes when a member was last active on the web. */
export async function setLastActive(tx: Tx, orgId: string, userId: string, at: Date | null): Promise<void> {
  await sql`update member_activity set web_at = ${at} where org_id = ${orgId} and user_id = ${userId}`.execute(tx)
}

interface NewGroup {
  id: string
  orgId: string
  name: string
  description: string
  autoJoin: GroupRole | undefined
  createdBy: string
  createdAt: Date
}

/** Inserts a resource group; with auto-join, for everybody with `read` or more. */
export async function insertGroup(tx: Tx, group: NewGroup): Promise<void> {
  const scope = group.autoJoin === undefined ? null : 'read_plus'
  await sql`insert into resource_groups (id, org_id, name, description, auto_join_role, auto_join_scope, created_by, created_at)
    values (${group.id}, ${group.orgId}, ${group.name}, ${group.description}, ${group.autoJoin ?? null}, ${scope},
      ${group.createdBy}, ${group.createdAt})`.execute(tx)
}

interface NewRepo {
  id: string
  type: RepoType
  userId: string | null
  orgId: string | null
  name: string
  private: boolean
  creatorId: string
  group: { id: string; addedBy: string } | undefined
  createdAt: Date
  pushedAt: Date
}

/** Inserts a repository with its name. */
export async function insertRepo(tx: Tx, repo: NewRepo): Promise<void> {
  await sql`insert into repositories (id, type, user_id, org_id, name, private, creator_id, group_id, group_added_by, created_at, pushed_at, updated_at)
    values (${repo.id}, ${repo.type}, ${repo.userId}, ${repo.orgId}, ${repo.name}, ${repo.private}, ${repo.creatorId},
      ${repo.group?.id ?? null}, ${repo.group?.addedBy ?? null}, ${repo.createdAt}, ${repo.pushedAt}, ${repo.pushedAt})`.execute(
    tx,
  )
  await sql`insert into repository_names (owner_id, type, lower_name, repo_id, current)
    values (${repo.orgId ?? repo.userId}, ${repo.type}, ${repo.name}, ${repo.id}, true)`.execute(tx)
}

/** Finds the main organization of the demo, if it is there. */
export async function findDemoOrganization(
  db: Db,
  lowerName: string,
): Promise<{ id: string; name: string } | undefined> {
  const { rows } = await sql<{ id: string; name: string }>`select o.id, o.name
    from names n join organizations o on o.id = n.org_id and o.deleted_at is null join instance i on i.demo_filled_at is not null
    where n.lower_name = ${lowerName}`.execute(db)
  return rows[0]
}

/** Notes that a large file is there; its bytes are stored before. */
export async function insertLfsObject(
  tx: Tx,
  repoId: string,
  file: { oid: string; size: number; path: string },
): Promise<void> {
  const at = now()
  await sql`insert into lfs_objects (repo_id, oid, size, uploaded_at, referenced_at, file_name)
    values (${repoId}, ${file.oid}, ${file.size}, ${at}, ${at}, ${file.path})`.execute(tx)
  await sql`update repositories set lfs_bytes = lfs_bytes + ${file.size} where id = ${repoId}`.execute(tx)
}
