import { canonicalText } from '../../api/index.ts'
import type { Author } from '../access/author.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { mapPaced } from '../kernel/pace.ts'
import type { Tx } from '../store/database.ts'
import { type AppliedMark, appendEvents } from './store.ts'

/** The chain of events that belong to no organization: accounts and the installation itself. */
export const instanceScope = 'instance'

/** What happened, for the audit log. */
export interface NewEvent {
  /** A name of the contract, or an own one where it has none. */
  type: string
  /** One plain sentence, without the author: `changed the role of ada from read to write`. */
  message: string
  /** What it was before and is after, and whatever else a reader needs. */
  data?: Record<string, unknown>
  /** The organization whose log it goes to; the author's unless said, the installation's when there is none. */
  scope?: string
  /** The account in whose name it is, where the request itself comes from nobody: sign-up, sign-in, links from mails. */
  author?: { id: string; name: string }
  /** When it happened, where that is not now: only the made-up past of the demo. */
  at?: Date
}

/**
 * Writes one event into the chain, in the transaction of the change itself. Call it last: it takes the lock of the
 * chain, which is held until the transaction ends.
 */
export async function record(tx: Tx, author: Author, event: NewEvent): Promise<void> {
  await appendEvents(tx, { scope: scopeOf(author, event), events: [storedOf(author, event)] }, markOf(author))
}

/**
 * Writes many events into one chain, in their order, with one lock and few round trips. For it goes what goes for
 * `record`: in the transaction of the changes, and last.
 */
export async function recordMany(tx: Tx, author: Author, events: readonly NewEvent[]): Promise<void> {
  const [first] = events
  if (first === undefined) return
  const scope = scopeOf(author, first)
  if (events.some((event) => scopeOf(author, event) !== scope)) throw new Error('these events are of different chains')
  const stored = await mapPaced(events, (event) => storedOf(author, event))
  await appendEvents(tx, { scope, events: stored }, markOf(author))
}

function scopeOf({ org }: Author, { scope }: NewEvent): string {
  return scope ?? org?.id ?? instanceScope
}

function markOf({ idempotencyKey, actor }: Author): AppliedMark | undefined {
  return idempotencyKey === undefined ? undefined : { ...idempotencyKey, actor: actor?.id ?? '' }
}

function storedOf(author: Author, event: NewEvent) {
  if (event.data && 'chain' in event.data) throw new Error('data.chain is where exported events say their place')
  const { event: plain, ...stored } = eventOf(author, event)
  return { ...stored, canonical: canonicalText(plain) }
}

function eventOf(by: Author, { type, message, data, author: named, at }: NewEvent) {
  const { actor, request } = by
  const author = named ?? actor
  const id = newId()
  const createdAt = at ?? now()
  const authorName = author?.name ?? 'anonymous'
  const ip = maskAddress(request.ip)
  const event = {
    _id: id,
    createdAt: createdAt.toISOString(),
    type,
    message: `${authorName} ${message}`,
    author: {
      _id: author?.id ?? '000000000000000000000000',
      user: authorName,
      type: named || isPerson(by) ? 'user' : 'system',
    },
    ...(ip && { ip }),
    ...(request.userAgent && { userAgent: request.userAgent.slice(0, 300) }),
    ...(actor?.token && {
      token: { type: 'access_token', id: actor.token.id, role: actor.token.role, last4: actor.token.last4 },
    }),
    data: data ?? {},
  }
  return {
    id,
    createdAt,
    type,
    authorName,
    ip,
    event: plainJson(event),
  }
}

// What JSON makes of the event. Half of a surrogate pair has no UTF-8 and so no canonical form: it is replaced.
function plainJson(event: object): Record<string, unknown> {
  const text = JSON.stringify(event)
  return JSON.parse(text, /\\ud[89a-f]/.test(text) ? wellFormed : undefined)
}

function wellFormed(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key.toWellFormed(), part]))
}

function isPerson(author: Author): boolean {
  return author.actor !== undefined && author.actor.via !== 'console'
}

/** An address with the last octet (IPv4) or the last 80 bits (IPv6) zeroed; empty when there is none. */
export function maskAddress(ip: string): string {
  const v4 = ip.replace(/^::ffff:/i, '')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(v4)) return v4.replace(/\d+$/, '0')
  if (!ip.includes(':')) return ''
  const [head = ''] = ip.split('%')
  const [left = '', right] = head.split('::')
  const groups = left === '' ? [] : left.split(':')
  if (right !== undefined) {
    const tail = right === '' ? [] : right.split(':')
    while (groups.length + tail.length < 8) groups.push('0')
    groups.push(...tail)
  }
  return `${groups
    .slice(0, 3)
    .map((group) => group.toLowerCase())
    .join(':')}::`
}
