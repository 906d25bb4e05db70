import { type OrgRole, type OrgSettings, type Plan, settingNames } from '../../api/index.ts'
import { adminRow, hasSsoSession, hasTwoFactor, liveMembership, type SsoHolder } from '../access/grants.ts'
import type { Readable } from '../access/lists.ts'
import { type StoredSettings, settingRows } from '../access/settings.ts'
import { now } from '../kernel/clock.ts'
import type { Db, Tx } from '../store/database.ts'
import { foldedPattern, sql } from '../store/sql.ts'

export interface NewOrganization {
  id: string
  name: string
  fullname: string
  details: string
  /** The installation's default unless said. */
  plan: Plan | undefined
  createdBy: string | null
}

/** Inserts an organization; its name is taken beside it. */
export async function insertOrganization(tx: Tx, org: NewOrganization): Promise<void> {
  await sql`insert into organizations (id, name, fullname, details, plan, created_by, created_at, open_sign_up)
    select ${org.id}, ${org.name}, ${org.fullname}, ${org.details}, coalesce(${org.plan ?? null}::plan, i.default_plan),
      ${org.createdBy}, ${now()}, coalesce((select open_sign_up from users where id = ${org.createdBy}), false)
    from instance i`.execute(tx)
}

/** Counts the organizations of an account from open sign-up, deleted ones too; 0 once a site admin has set its storage limit. */
export async function countOfOpenSignUp(tx: Tx, userId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from organizations o
    where o.open_sign_up and o.created_by = ${userId} and exists (
      select from users u where u.id = ${userId} and u.open_sign_up and u.storage_limit is null)`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Whether a person has a live SSO session of an organization: in a browser, or any where they come with a token. */
export async function isSignedInWithSso(db: Db, orgId: string, userId: string, holder: SsoHolder): Promise<boolean> {
  const at = now()
  const { rows } = await sql<{ is: boolean }>`
    select ${hasSsoSession(sql`${orgId}`, userId, { holder, at })} as "is"`.execute(db)
  return rows[0]?.is ?? false
}

/** Locks an organization that is not deleted and reads what it is now. */
export async function lockOrg(tx: Tx, id: string) {
  return tx
    .selectFrom('organizations')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
}
export type LockedOrg = NonNullable<Awaited<ReturnType<typeof lockOrg>>>

export interface Profile {
  name: string
  fullname: string
  details: string
  website: string
}

/** Writes the profile of an organization. */
export async function updateProfile(tx: Tx, id: string, profile: Profile): Promise<void> {
  await tx
    .updateTable('organizations')
    .set({ ...profile })
    .where('id', '=', id)
    .execute()
}

/** The settings in a row of an organization. */
export function storedSettings(row: LockedOrg): StoredSettings {
  return Object.fromEntries(settingNames.map((name) => [name, row[settingRows[name].column]])) as StoredSettings
}

/** Writes the settings of an organization. */
export async function updateSettingsRow(tx: Tx, id: string, settings: OrgSettings): Promise<void> {
  const columns = Object.fromEntries(settingNames.map((name) => [settingRows[name].column, settings[name]]))
  await tx.updateTable('organizations').set(columns).where('id', '=', id).execute()
}

/** Counts the members of an organization. */
export async function countMembers(db: Db, orgId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from memberships
    where org_id = ${orgId} and ${liveMembership('memberships', now())}`.execute(db)
  return rows[0]?.count ?? 0
}

/** Counts the repositories of an organization that the caller may read, by type. */
export async function countRepos(
  db: Db,
  orgId: string,
  readable: Readable,
): Promise<{ model: number; dataset: number; space: number }> {
  const { rows } = await sql<{ type: 'model' | 'dataset' | 'space'; count: number }>`
    select r.type, count(*)::int as count from repositories r where r.org_id = ${orgId} and ${readable.repos} group by r.type`.execute(
    db,
  )
  const counted = Object.fromEntries(rows.map(({ type, count }) => [type, count]))
  return { model: counted.model ?? 0, dataset: counted.dataset ?? 0, space: counted.space ?? 0 }
}

/** What an organization holds, shown before it is deleted. */
export async function countHoldings(
  db: Db,
  orgId: string,
): Promise<{ members: number; repositories: number; resourceGroups: number }> {
  const { rows } = await sql<{ repositories: number; groups: number }>`select
    (select count(*)::int from repositories where org_id = ${orgId}) as repositories,
    (select count(*)::int from resource_groups where org_id = ${orgId}) as groups`.execute(db)
  return {
    members: await countMembers(db, orgId),
    repositories: rows[0]?.repositories ?? 0,
    resourceGroups: rows[0]?.groups ?? 0,
  }
}

export interface KeptOut {
  user: string
  fullname: string
  role: OrgRole
  email: string | null
}

/** Members without 2FA, highest role first. */
export async function findWithoutTwoFactor(db: Db, orgId: string): Promise<KeptOut[]> {
  const { rows } = await sql<KeptOut>`select u.name as "user", u.fullname, m.role, e.address as email
    from memberships m join users u on u.id = m.user_id and u.state <> 'deleted' and not ${hasTwoFactor('u')}
    left join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
    where m.org_id = ${orgId} and ${liveMembership('m', now())}
    order by m.role desc, m.id`.execute(db)
  return rows
}

/** Marks an organization as deleted; tells its admins' addresses but the caller's. */
export async function markDeleted(tx: Tx, orgId: string, callerId: string): Promise<string[]> {
  await sql`update organizations set deleted_at = ${now()} where id = ${orgId}`.execute(tx)
  const { rows } = await sql<{
    address: string
  }>`select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
    join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
    where m.org_id = ${orgId} and ${adminRow('m')} and m.user_id <> ${callerId} order by m.id limit 100`.execute(tx)
  return rows.map(({ address }) => address)
}

/** Brings back an organization that was deleted after a moment; false when there is none. */
export async function unmarkDeleted(tx: Tx, orgId: string, after: Date): Promise<boolean> {
  const { rows } =
    await sql`update organizations set deleted_at = null where id = ${orgId} and deleted_at > ${after} returning id`.execute(
      tx,
    )
  return rows.length === 1
}

/** Lists organizations deleted before a moment. */
export async function findDeletedBefore(db: Db, moment: Date): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{
    id: string
    name: string
  }>`select id, name from organizations where deleted_at <= ${moment} order by deleted_at limit 100`.execute(db)
  return rows
}

/** Locks an organization that was deleted before a moment, and tells when; undefined when it is there again. */
export async function lockDeletedBefore(tx: Tx, orgId: string, moment: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ deleted_at: Date }>`select deleted_at from organizations
    where id = ${orgId} and deleted_at <= ${moment} for update`.execute(tx)
  return rows[0]?.deleted_at
}

/** Deletes for good an organization with all it holds. What its repositories were called elsewhere stays kept. */
export async function purge(tx: Tx, orgId: string): Promise<void> {
  await sql`update repository_names set repo_id = null
    where not current and repo_id in (select id from repositories where org_id = ${orgId})`.execute(tx)
  await sql`with gone as (update users set state = 'deleted'
      where id in (select id from service_accounts where org_id = ${orgId}) returning id)
    delete from access_tokens where user_id in (select id from gone)`.execute(tx)
  await sql`delete from organizations where id = ${orgId}`.execute(tx)
}

export interface OrganizationRow {
  id: string
  name: string
  fullname: string
  plan: Plan
  seat_limit: number | null
  members: number
  created_at: Date
  deleted_at: Date | null
}

const operatorColumns =
  () => sql`o.id, o.name, o.fullname, o.plan, o.seat_limit, o.created_at, o.deleted_at, (select count(*)::int from memberships m
  where m.org_id = o.id and ${liveMembership('m', now())}) as members`

/** Lists organizations, deleted ones too, in the order they were made. */
export async function listOrganizationRows(
  db: Db,
  query: { after: string; search: string | undefined; most: number },
): Promise<OrganizationRow[]> {
  const { rows } = await sql<OrganizationRow>`select ${operatorColumns()} from organizations o
    where o.id > ${query.after}
      ${query.search === undefined ? sql`` : sql`and fold(o.name || ' ' || o.fullname) like ${foldedPattern(query.search)}`}
    order by o.id limit ${query.most}`.execute(db)
  return rows
}

/** Finds one organization as operators see it. */
export async function findOrganizationRow(db: Db, id: string): Promise<OrganizationRow | undefined> {
  const { rows } =
    await sql<OrganizationRow>`select ${operatorColumns()} from organizations o where o.id = ${id}`.execute(db)
  return rows[0]
}
