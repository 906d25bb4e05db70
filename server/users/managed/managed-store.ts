import type { RawBuilder } from 'kysely'
import { type Db, inOneTrip, sendWithNext, type Tx } from '../../store/database.ts'
import { sql } from '../../store/sql.ts'

const isTaken = (name: RawBuilder<unknown>, at: Date) => sql<boolean>`exists (select from names n
  where n.lower_name = lower(${name}) and (n.current or n.kept_until > ${at}))`

const freeName = (base: string, at: Date) => sql<{ name: string }>`
  select case when not ${isTaken(sql`${base}::text`, at)} then ${base}::text else
    (select c.name from (select rtrim(left(${base}::text, 37), '-') || '-' || i as name, i as place from generate_series(2, 1000) i) c
      where not ${isTaken(sql`c.name`, at)} order by c.place limit 1) end as name`

/** The first name that begins with a text and that no one has, nor is kept for anyone: mostly the text itself. */
export async function findFreeName(tx: Tx, base: string, at: Date): Promise<string> {
  const { rows } = await freeName(base, at).execute(tx)
  return rows[0]?.name ?? base
}

interface NewManaged {
  id: string
  orgId: string
  name: string
  fullname: string
  emailId: string
  address: string
  at: Date
}

/** Inserts an account of an organization with its name and its address; answers whether the name was still free. */
export async function insertManaged(tx: Tx, account: NewManaged): Promise<boolean> {
  const { id, orgId, name, fullname, emailId, address, at } = account
  const { rows } = await sql`with added as (insert into users (id, name, fullname, managed_by, created_at)
      values (${id}, ${name}, ${fullname}, ${orgId}, ${at}) returning id),
    addressed as (insert into emails (id, user_id, address, verified_at, is_primary, created_at)
      select ${emailId}, id, ${address}, ${at}, true, ${at} from added)
    insert into names as n (lower_name, name, user_id, current)
    select lower(${name}::text), ${name}, id, true from added
    on conflict (lower_name) do update set name = excluded.name, user_id = excluded.user_id, org_id = null, current = true,
      kept_until = null where n.kept_until <= ${at} returning lower_name`.execute(tx)
  return rows.length === 1
}

/** An account as its organization finds it. */
export interface ManagedRow {
  id: string
  name: string
  fullname: string
  isActive: boolean
  /** Whose it is; null: the person's own. */
  managedBy: string | null
}

/** The account that has an address verified. */
export async function findByAddress(db: Db, address: string): Promise<ManagedRow | undefined> {
  return (await atAddress(address).execute(db)).rows[0]
}

const atAddress = (address: string) => sql<ManagedRow>`
  select u.id, u.name, u.fullname, u.state = 'active' "isActive", u.managed_by "managedBy"
  from emails e join users u on u.id = e.user_id
  where lower(e.address) = lower(${address}) and e.verified_at is not null and u.state <> 'deleted'`

/** What is to be known before an account is created for an address. */
export interface Found {
  known: ManagedRow | undefined
  /** The verified domains of the organization. */
  domains: string[]
  /** A name that is free. */
  name: string
}

/** The account that has an address, and what is needed where there is none, in one round trip. */
export async function findForNew(
  tx: Tx,
  { orgId, address, base }: { orgId: string; address: string; base: string },
  at: Date,
): Promise<Found> {
  const queries = [atAddress(address), verifiedDomains(orgId), freeName(base, at)].map((query) => query.compile(tx))
  const [known = [], domains = [], names = []] = await inOneTrip(tx, queries)
  return {
    known: (known as ManagedRow[])[0],
    domains: (domains as { domain: string }[]).map(({ domain }) => domain),
    name: (names as { name: string }[])[0]?.name ?? base,
  }
}

/** The account of an ID. */
export async function findById(db: Db, id: string): Promise<ManagedRow | undefined> {
  const { rows } = await sql<ManagedRow>`select id, name, fullname, state = 'active' "isActive", managed_by "managedBy"
    from users where id = ${id} and state <> 'deleted'`.execute(db)
  return rows[0]
}

/** Deactivates a managed account, and ends its sessions; one that a site admin suspended stays so. */
export async function deprovision(tx: Tx, userId: string, at: Date): Promise<void> {
  await sql`update users set deprovisioned_at = ${at}, state = case when state = 'active' then 'deprovisioned' else state end
    where id = ${userId} and state <> 'deleted'`.execute(tx)
  await sql`delete from sessions where user_id = ${userId}`.execute(tx)
}

/** Activates a managed account, unless a site admin suspended it. */
export async function reprovision(tx: Tx, userId: string): Promise<void> {
  const activated = sql`update users set deprovisioned_at = null,
      state = case when state = 'deprovisioned' then 'active' else state end
    where id = ${userId} and (deprovisioned_at is not null or state = 'deprovisioned')`
  await sendWithNext(tx, activated.compile(tx))
}

/** Sets when a managed account is deleted for good, and frees its address. */
export async function setEnd(tx: Tx, userId: string, endsAt: Date): Promise<void> {
  await sql`update users set ends_at = ${endsAt} where id = ${userId}`.execute(tx)
  await sql`delete from emails where user_id = ${userId}`.execute(tx)
}

/** Managed accounts whose end has come. */
export async function findEnded(db: Db, at: Date, most: number): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from users where ends_at <= ${at} order by ends_at limit ${most}`.execute(db)
  return rows
}

/** Locks a managed account whose end has come; false when it is gone. */
export async function lockEnded(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql`select from users where id = ${id} and ends_at <= ${at} for update`.execute(tx)
  return rows.length === 1
}

/** Notes that a managed account has ended. */
export async function clearEnd(tx: Tx, id: string): Promise<void> {
  await sql`update users set ends_at = null, managed_by = null, deprovisioned_at = null where id = ${id}`.execute(tx)
}

/** Changes the name or the address of a person, as the identity provider has them. */
export async function updatePerson(
  tx: Tx,
  userId: string,
  { fullname, address, at }: { fullname: string | undefined; address: string | undefined; at: Date },
): Promise<void> {
  if (fullname !== undefined) await sql`update users set fullname = ${fullname} where id = ${userId}`.execute(tx)
  if (address !== undefined)
    await sql`update emails set address = ${address}, verified_at = ${at} where user_id = ${userId} and is_primary`.execute(
      tx,
    )
}

/** Gives all accounts of an organization to their people, but for those that end. */
export async function release(tx: Tx, orgId: string): Promise<void> {
  await sql`update users set managed_by = null, deprovisioned_at = null,
      state = case when state = 'deprovisioned' then 'active' else state end
    where managed_by = ${orgId} and ends_at is null and state <> 'deleted'`.execute(tx)
}

/** The domains of an organization in which addresses of its accounts can be. */
export async function listVerifiedDomains(db: Db, orgId: string): Promise<string[]> {
  const { rows } = await verifiedDomains(orgId).execute(db)
  return rows.map(({ domain }) => domain)
}

const verifiedDomains = (orgId: string) => sql<{ domain: string }>`select domain from organization_domains
  where org_id = ${orgId} and state <> 'unverified' order by domain`
