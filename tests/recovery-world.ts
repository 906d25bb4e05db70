import { newId } from '../server/kernel/ids.ts'
import { advanceRecoveries } from '../server/leaving/recovery/recovery-advance.ts'
import { sql } from '../server/store/sql.ts'
import { startDns } from './dns.ts'
import { type Person, type Reply, startTestHub } from './hub.ts'
import { signedIn, type Visitor } from './visitor.ts'

export const dns = await startDns()
export const hub = await startTestHub({ dnsServers: [dns.address] })
export const day = 86_400_000
export const hour = 3_600_000

/** Does what the hub does every five minutes. */
export const advance = () => advanceRecoveries(hub.db, hub.running.server.hub)

/** Suspends someone, or ends that, as the command line on the server. */
export const suspend = (name: string, suspended = true) =>
  hub.console('PATCH', `/api/operator/people/${name}`, { suspended })

export function call(who: Person | undefined, method: string, org: string, tail = '', body?: unknown): Promise<Reply> {
  return hub.request(who, method, `/api/organizations/${org}/recovery${tail}`, body)
}

/** Asks to become admin by proof of a domain. */
export function askByDomain(person: Person | undefined, org: string, domain: string): Promise<Reply> {
  return call(person, 'POST', org, '', { path: 'domain', domain })
}

/** Gives an organization a domain verified long ago, and people a verified address in it. */
export async function giveDomain(orgId: string, domain: string, people: Person[]): Promise<void> {
  const before = new Date(Date.now() - 400 * day)
  await sql`insert into organization_domains (id, org_id, domain, token, state, added_at, verified_at)
    values (${newId()}, ${orgId}, ${domain}, 'token', 'verified', ${before}, ${before})`.execute(hub.db)
  for (const { id, name } of people)
    await sql`insert into emails (id, user_id, address, verified_at, created_at)
      values (${newId()}, ${id}, ${`${name}@${domain}`}, ${before}, ${before})`.execute(hub.db)
}

/** Turns on 2FA for people. */
export async function giveFactor(...people: Person[]): Promise<void> {
  const ids = people.map(({ id }) => id)
  await sql`update users set totp_enabled_at = ${new Date()}, totp_secret = 'x' where id = any(${ids}::text[])`.execute(
    hub.db,
  )
}

/** Does something, and remembers from when to when, so that a time counted from then can be told exactly. */
export async function spanOf<T>(work: () => Promise<T>) {
  const from = Date.now()
  const result = await work()
  const to = Date.now()
  const requireAt = (time: string, laterMs: number) => {
    const begun = Date.parse(time) - laterMs
    if (begun < from || begun > to) throw new Error(`${time} is not ${laterMs} ms later`)
  }
  return { result, requireAt }
}

/** Signs someone in whose 2FA is as `giveFactor` makes it: no code fits its secret. */
export async function signedInPastFactor(person: Person): Promise<Visitor> {
  await sql`update users set totp_enabled_at = null where id = ${person.id}`.execute(hub.db)
  const browser = await signedIn(hub, person.name)
  await giveFactor(person)
  return browser
}

/** Remembers the mails there are, for `mailsSince`. */
export async function markMails(): Promise<Set<string>> {
  return new Set((await allMails()).map(({ id }) => id))
}

/** The mails since then, as `who: subject`, in the order of the names. */
export async function mailsSince(mark: Set<string>): Promise<string[]> {
  const mails = (await allMails()).filter(({ id }) => !mark.has(id))
  return mails.map(({ recipient, subject }) => `${recipient.split('@')[0]}: ${subject}`).sort()
}

async function allMails(): Promise<{ id: string; recipient: string; subject: string }[]> {
  return hub.db.selectFrom('mails').select(['id', 'recipient', 'subject']).execute()
}

export const countMails = async () => (await hub.mails()).length
export const eventTypes = async (id: string) => (await hub.events(id)).map(({ type }) => type)

/** The columns of an organization that recovery is about. */
export async function adminHealth(orgId: string): Promise<{ admins: string[]; adminless: boolean }> {
  const { rows } = await sql<{ admins: string[] | null; adminless: boolean }>`
    select (select array_agg(u.name order by u.name) from memberships m join users u on u.id = m.user_id
      where m.org_id = o.id and m.role = 'admin') admins, o.adminless_since is not null adminless
    from organizations o where o.id = ${orgId}`.execute(hub.db)
  return { admins: rows[0]?.admins ?? [], adminless: rows[0]?.adminless ?? false }
}

/** An organization whose one admin is suspended, with a recovery request by proof of its domain that has all it takes. */
export async function recoveryRequestWaiting(org: string, mark: string) {
  const names = { admin: `ada${mark}`, writer: `wil${mark}`, person: `pet${mark}` }
  const { id, people } = await hub.organization(org, {
    [names.admin]: 'admin',
    [names.writer]: 'write',
    [names.person]: 'read',
  })
  const [writer, person] = [people[names.writer], people[names.person]] as [Person, Person]
  const domain = `${mark}.example.net`
  await giveDomain(id, domain, [person])
  await suspend(names.admin)
  const opened = await askByDomain(person, org, domain)
  if (opened.status !== 201) throw new Error(JSON.stringify(opened.body))
  const { record } = opened.body
  dns.records.set(record.name, [record.value])
  const recoveryRequest = opened.body.id as string
  await call(writer, 'POST', org, `/${recoveryRequest}/confirm`)
  const reply = await call(person, 'POST', org, `/${recoveryRequest}/check`)
  if (reply.body.state !== 'waiting') throw new Error(JSON.stringify(reply.body))
  const read = async () => (await call(person, 'GET', org, `/${recoveryRequest}`)).body
  return {
    id,
    org,
    names,
    writer,
    person,
    domain,
    record,
    recoveryRequest,
    effectiveAt: new Date(reply.body.effectiveAt),
    read,
  }
}
