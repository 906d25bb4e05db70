import type { Author } from '../access/author.ts'
import { hourSeconds, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import type { Tx } from '../store/database.ts'
import { type Counts, type CountWish, countMailsSent, lockSender } from './budget-store.ts'
import {
  countsEach,
  limitByOne,
  limitToOne,
  type MailLimit,
  mailKinds,
  mailsByOne,
  mailsLeftByNotices,
  mailsOfOrganization,
} from './limits.ts'
import type { Mail } from './templates.ts'

/** For whom mails are written, as they are counted. */
export interface Sender {
  actorId: string | null
  orgId: string | null
}

/** The sender that mails of this author are counted for; the server itself is none. */
export function senderOf({ actor, org }: Author): Sender {
  const isPerson = actor !== undefined && actor.via !== 'console'
  return { actorId: isPerson ? actor.id : null, orgId: actor === undefined || isPerson ? (org?.id ?? null) : null }
}

/**
 * The mails that may go out. Throws `429` where the account or the organization has caused too many: that is their own
 * doing. Over the limit of a recipient they are left out, and no reply tells: it would say what others have sent there.
 */
export async function withinLimits(
  tx: Tx,
  sender: Sender,
  mails: readonly Mail[],
  { isBulk }: { isBulk: boolean },
): Promise<Mail[]> {
  const counted = { ...sender, actorId: isBulk ? null : sender.actorId }
  if (counted.actorId !== null) await lockSender(tx, counted.actorId)
  const counts = await countMailsSent(tx, wishOf(counted, mails))
  if (counted.actorId !== null) refuseOverActor(counts, mails)
  if (counted.orgId !== null && counts.ofOrganization + mails.length > mailsOfOrganization.most)
    throw tooMany('This organization', 'emails', mailsOfOrganization)
  return withoutFolded(counts, mails)
}

/** The notices of an organization that may go out, the first ones: those over a limit are left out. */
export async function noticesWithinLimits(tx: Tx, sender: Sender, mails: readonly Mail[]): Promise<Mail[]> {
  const counts = await countMailsSent(tx, wishOf(sender, mails))
  const room = Math.max(0, mailsOfOrganization.most - mailsLeftByNotices - counts.ofOrganization)
  return withoutFolded(counts, mails).slice(0, room)
}

function wishOf({ actorId, orgId }: Sender, mails: readonly Mail[]): CountWish {
  const pairs = new Map(mails.map((mail) => [keyOf(mail), mail]))
  const kinds = [...new Set(mails.map(({ kind }) => kind))].flatMap((kind) => {
    const limit = limitByOne(kind)
    return limit ? [{ kind, since: startOf(limit) }] : []
  })
  return {
    byOne: { actorId, kinds: [{ kind: null, since: startOf(mailsByOne) }, ...kinds] },
    ofOrganization: { orgId, since: startOf(mailsOfOrganization) },
    toOne: [...pairs.values()].map(({ to, kind, subject }) => ({
      recipient: to.toLowerCase(),
      kind,
      subject: countsEach(kind) ? subject : '',
      since: startOf(limitToOne(kind)),
    })),
  }
}

function startOf({ windowSeconds }: MailLimit): Date {
  return secondsFromNow(-windowSeconds)
}

function keyOf({ to, kind, subject }: Mail): string {
  return `${kind} ${to.toLowerCase()} ${countsEach(kind) ? subject : ''}`
}

function refuseOverActor({ byOne }: Counts, mails: readonly Mail[]): void {
  for (const [kind, count] of byOne) {
    const limit = kind === null ? mailsByOne : limitByOne(kind)
    const wanted = mails.filter((mail) => kind === null || mail.kind === kind).length
    if (limit && count + wanted > limit.most) throw tooMany('You', kind ? mailKinds[kind].words : 'emails', limit)
  }
}

function tooMany(who: string, what: string, { most, windowSeconds }: MailLimit): HubError {
  const hours = windowSeconds / hourSeconds
  const span = hours === 1 ? 'hour' : `${hours} hours`
  const sentence = `${who} can send at most ${most.toLocaleString('en')} ${what} per ${span}. Nothing was changed. Try again later.`
  return new HubError('TooManyRequests', sentence, { headers: { 'Retry-After': String(hourSeconds) } })
}

function withoutFolded({ toOne }: Counts, mails: readonly Mail[]): Mail[] {
  const sent = mails.filter((mail) => {
    const count = (toOne.get(keyOf(mail)) ?? 0) + 1
    toOne.set(keyOf(mail), count)
    return count <= limitToOne(mail.kind).most
  })
  const left = mails.length - sent.length
  if (left > 0) log.warn({ kind: mails[0]?.kind, left }, 'did not send emails over the limit of their recipients')
  return sent
}
