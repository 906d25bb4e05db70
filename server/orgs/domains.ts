import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { randomText } from '../kernel/secret.ts'
import { refusedBy } from '../store/conflict.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import type { Dns } from './dns.ts'
import { graceEndsAt, lookUp, recordFinding, recordOf } from './domain-checks.ts'
import {
  type DomainRow,
  deleteDomain,
  findDomain,
  findDoor,
  findOpenedBy,
  insertDomain,
  listDomainRows,
  lockDomain,
  lockDoor,
  markVerified,
} from './domains-store.ts'
import { isPublicMailbox } from './public-mailboxes.ts'

type Domains = typeof api.domains
type Domain = api.domains.EmailDomain

const mostDomains = 50
const mostOpened = 20
const tokenLength = 32

/** Lists the email domains of an organization, with the records that verify them. */
export async function listDomains(
  db: Db,
  permit: Permit<'domain.list'>,
  _input: InputOf<Domains['listDomains']>,
): Promise<ResultOf<Domains['listDomains']>> {
  return (await listDomainRows(db, permit.org.id)).map(domainReply)
}

/**
 * Opens the door to people with a verified address in a domain. Everybody may name any domain: it says who may come in
 * here, and nothing about whose it is; only its verification does.
 */
export async function addDomain(
  db: Db,
  permit: Permit<'domain.create'>,
  { domain }: InputOf<Domains['addDomain']>,
): Promise<ResultOf<Domains['addDomain']>> {
  if (isPublicMailbox(domain))
    throw badField('domain', `must be your own domain. Anyone can get an email address at ${domain}`)
  const { org, actor } = permit
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = { id: newId(), orgId: org.id, domain, token: randomText(tokenLength), addedBy: actor.id, at: now() }
    await insert(tx, row)
    await record(tx, permit, {
      type: 'org.domain.add',
      message: `added the email domain ${domain}`,
      data: { domain },
    })
    return domainReply(await getDomain(tx, org.id, domain))
  })
}

async function insert(tx: Tx, row: Parameters<typeof insertDomain>[1]): Promise<void> {
  try {
    if (await insertDomain(tx, row, mostDomains)) return
  } catch (error) {
    if (refusedBy(error) !== 'organization_domains_once') throw error
    throw new HubError('Conflict', `The organization already has the domain ${row.domain}.`)
  }
  throw new HubError('Conflict', `An organization can have at most ${mostDomains} email domains. Remove one first.`)
}

/** Looks the record of a domain up now; what was found is in the answer. `409` where another organization verified it. */
export async function verifyDomain(
  db: Db,
  permit: Permit<'domain.verify'>,
  { domain }: InputOf<Domains['verifyDomain']>,
  dns: Dns,
): Promise<ResultOf<Domains['verifyDomain']>> {
  const { org } = permit
  const row = await getDomain(db, org.id, domain)
  await countAttempt(db, attemptLimits.dnsCheck, org.id)
  await countAttempt(db, attemptLimits.dnsCheckByOne, permit.actor.id)
  const finding = await lookUp(dns, row)
  try {
    return await transaction(db, async (tx) => {
      await recheck(tx, permit)
      await recordFinding(tx, permit, row.id, finding)
      return domainReply(await getDomain(tx, org.id, domain))
    })
  } catch (error) {
    if (refusedBy(error) !== 'organization_domains_verified') throw error
    throw new HubError(
      'Conflict',
      `Another organization has already verified ${domain}. If the domain is yours, ask a site admin.`,
    )
  }
}

/** Closes a door; who came in by it stays. */
export async function removeDomain(
  db: Db,
  permit: Permit<'domain.remove'>,
  { domain }: InputOf<Domains['removeDomain']>,
): Promise<ResultOf<Domains['removeDomain']>> {
  const { org } = permit
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockDomain(tx, (await getDomain(tx, org.id, domain)).id)
    if (row === undefined) throw noSuchDomain(domain)
    await deleteDomain(tx, row.id)
    await markVerified(tx, org.id)
    await record(tx, permit, {
      type: 'org.domain.remove',
      message: `removed the email domain ${domain}`,
      data: { domain, state: row.state },
    })
    return { success: true }
  })
}

async function getDomain(db: Db, orgId: string, domain: string): Promise<DomainRow> {
  const row = await findDomain(db, orgId, domain)
  if (row === undefined) throw noSuchDomain(domain)
  return row
}

function noSuchDomain(domain: string): HubError {
  return new HubError('NotFound', `No email domain ${domain} in this organization.`)
}

function domainReply(row: DomainRow): Domain {
  return {
    domain: row.domain,
    state: row.state,
    record: recordOf(row),
    addedAt: row.added_at.toISOString(),
    addedBy: row.added_by,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    checkedAt: row.checked_at?.toISOString() ?? null,
    graceEndsAt: graceEndsAt(row)?.toISOString() ?? null,
    problem: row.problem,
  }
}

/** The door that a person's address opens. */
export interface DomainDoor {
  domain: string
  role: Exclude<api.OrgRole, 'admin'>
  /** An admin decides first. */
  takesApproval: boolean
}

/** The organizations that a verified address opens, each with whether an admin decides first. */
export async function openedBy(
  db: Db,
  address: string,
): Promise<{ name: string; fullname: string; approvalRequired: boolean }[]> {
  const rows = await findOpenedBy(db, (address.split('@').at(-1) ?? '').toLowerCase(), mostOpened)
  return rows.map(({ name, fullname, user_approval: approvalRequired }) => ({ name, fullname, approvalRequired }))
}

/** The door of an organization that a verified address of a person opens; undefined when none does. */
export async function doorFor(db: Db, orgId: string, userId: string): Promise<DomainDoor | undefined> {
  return asDoor(await findDoor(db, orgId, userId))
}

/** The same for a person about to join: it stays open until the transaction ends. Lock nothing before. */
export async function lockDoorFor(tx: Tx, orgId: string, userId: string): Promise<DomainDoor | undefined> {
  return asDoor(await lockDoor(tx, orgId, userId))
}

function asDoor(row: Awaited<ReturnType<typeof findDoor>>): DomainDoor | undefined {
  return row && { domain: row.domain, role: row.default_role, takesApproval: row.user_approval }
}
