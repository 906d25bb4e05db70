import type { domains } from '../../api/index.ts'
import { type Author, systemAuthor } from '../access/author.ts'
import { record } from '../audit/record.ts'
import { daySeconds, now } from '../kernel/clock.ts'
import { log } from '../kernel/log.ts'
import { queueMail } from '../mail/queue.ts'
import type { Mail } from '../mail/templates.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { findUsableAdmins } from './admins-store.ts'
import type { Dns } from './dns.ts'
import { failingMail, lostMail } from './domain-mails.ts'
import {
  type DomainRow,
  findDueDomains,
  lockDomain,
  markVerified,
  updateVerification,
  type Verification,
} from './domains-store.ts'

const weekMs = 7 * daySeconds * 1000
const prefix = 'guildhall-verification='
const mostInOneRun = 500
const atOnce = 8

/** What a look-up found: the record, an answer without it, or no answer at all, which says nothing about the domain. */
export type Finding = { found: true } | { found: false; answered: boolean; problem: string }

/** The record that verifies a domain. */
export function recordOf({ domain, token }: Pick<DomainRow, 'domain' | 'token'>): domains.EmailDomain['record'] {
  return { name: domain, type: 'TXT', value: `${prefix}${token}` }
}

/** Until when a domain whose record is gone still counts. */
export function graceEndsAt({ failing_since: since }: Pick<DomainRow, 'failing_since'>): Date | null {
  return since && new Date(since.getTime() + weekMs)
}

/** Asks the DNS for the record of a domain. */
export async function lookUp(dns: Dns, row: Pick<DomainRow, 'domain' | 'token'>): Promise<Finding> {
  const { name, value } = recordOf(row)
  try {
    const texts = (await dns.txt(name)).map((text) => text.trim())
    return texts.includes(value) ? { found: true } : { found: false, answered: true, problem: missing(name, texts) }
  } catch (error) {
    log.info({ err: error, domain: name }, 'no DNS server answered')
    const problem = `No DNS server answered for ${name}. Nothing was changed. Try again later.`
    return { found: false, answered: false, problem }
  }
}

function missing(name: string, texts: string[]): string {
  const also = texts.some((text) => text.startsWith(prefix))
    ? 'has an old record or the record of another organization, but not this one'
    : 'doesn’t have the record'
  return `${name} ${also}. It can take an hour or more until a new record is visible everywhere.`
}

/** Writes down what a look-up found, and what follows from it: with an event, and mail to the admins where they must act. */
export async function recordFinding(tx: Tx, author: Author, id: string, finding: Finding): Promise<void> {
  const row = await lockDomain(tx, id)
  if (row === undefined) return
  const { change, ...verification } = verificationAfter(row, finding, now())
  await updateVerification(tx, id, verification)
  if (change === undefined) return
  await markVerified(tx, row.org_id)
  await tellAdmins(tx, { ...row, ...verification }, change)
  await record(tx, author, {
    type: `org.domain.${change}`,
    message: inWords[change](row.domain),
    data: { domain: row.domain, before: row.state, after: verification.state },
    scope: row.org_id,
  })
}

type Change = 'verify' | 'fail' | 'lose'

const inWords: Record<Change, (domain: string) => string> = {
  verify: (domain) => `verified the email domain ${domain}`,
  fail: (domain) => `no longer found the DNS record of the email domain ${domain}`,
  lose: (domain) => `unverified the email domain ${domain}, because its DNS record was missing for 7 days`,
}

// Only an answer counts against a domain: a resolver that is down takes nothing from anybody.
function verificationAfter(row: DomainRow, finding: Finding, at: Date): Verification & { change?: Change } {
  if (finding.found) {
    const verification = { verified_at: row.verified_at ?? at, checked_at: at, failing_since: null, problem: null }
    return { ...verification, state: 'verified', ...(row.state !== 'verified' && { change: 'verify' as const }) }
  }
  const { problem, answered } = finding
  if (!answered) return { ...row, problem }
  if (row.state === 'unverified') return { ...row, checked_at: at, problem }
  if (row.state === 'verified')
    return { ...row, state: 'failing', checked_at: at, failing_since: at, problem, change: 'fail' }
  if (at < (graceEndsAt(row) ?? at)) return { ...row, checked_at: at, problem }
  return { state: 'unverified', verified_at: null, checked_at: at, failing_since: null, problem, change: 'lose' }
}

async function tellAdmins(tx: Tx, row: DomainRow, change: Change): Promise<void> {
  if (change === 'verify') return
  for (const { email } of await findUsableAdmins(tx, row.org_id, now()))
    await queueMail(tx, systemAuthor, mailOf(row, change, email))
}

function mailOf(row: DomainRow, change: 'fail' | 'lose', to: string): Mail {
  const letter = { to, org: row.org_name, domain: row.domain }
  const until = graceEndsAt(row)
  if (change === 'lose' || until === null) return lostMail(letter)
  return failingMail({ ...letter, record: recordOf(row).value, until })
}

/** Looks the records of verified domains up again: each once a week, and every time while its record is gone. */
export async function checkDomains(db: Db, dns: Dns): Promise<void> {
  const due = await findDueDomains(db, new Date(now().getTime() - weekMs), mostInOneRun)
  const next = due.values()
  await Promise.all(Array.from({ length: atOnce }, () => checkInTurn(db, dns, next)))
}

async function checkInTurn(db: Db, dns: Dns, rows: Iterable<DomainRow>): Promise<void> {
  for (const row of rows) {
    const finding = await lookUp(dns, row)
    await transaction(db, (tx) => recordFinding(tx, systemAuthor, row.id, finding))
  }
}
