import canonicalize from 'canonicalize'

/** The hash that the first event of every chain follows. */
export const chainStart = '0'.repeat(64)

/** One event and its place in the chain; hashes in hexadecimal. */
export interface ChainLink {
  seq: number
  prevHash: string
  hash: string
  /** The canonical JSON that was hashed. */
  canonical: string
}

/** What a check of a chain found. */
export interface ChainVerdict {
  intact: boolean
  events: number
  /** The hash of the last event: compare it with one you noted earlier. */
  head: string | null
  firstBreak: { seq: number; reason: string } | null
  /** Whether nothing after the last event is missing. Only the hub can tell, by the seal of the log's end. */
  endProven: boolean
}

/** A log without events proves nothing: even a new one has the event of its creation. */
export const noEvents = { seq: 1, reason: 'the log has no events' }

/** A log that does not hold a hash that was noted when it did. */
export function lacksNoted(last: ChainLink | undefined): NonNullable<ChainVerdict['firstBreak']> {
  const reason = 'the hash that you noted is missing: the log was truncated or rewritten after you noted it'
  return { seq: (last?.seq ?? 0) + 1, reason }
}

/** What a check of an exported file found; one that was filtered, or cut short at its beginning, is not complete. */
export interface ExportVerdict extends ChainVerdict {
  complete: boolean
  first: number | null
  last: number | null
}

/** The canonical JSON of an event (RFC 8785): these very bytes are hashed. */
export function canonicalText(event: unknown): string {
  const canonical = canonicalize(event)
  if (canonical === undefined) throw new Error('an event is not valid JSON')
  return canonical
}

/** SHA-256 of the hash before and the canonical JSON of an event. */
export async function linkHash(prevHash: string, canonical: string): Promise<string> {
  const text = new TextEncoder().encode(canonical)
  const bytes = new Uint8Array(prevHash.length / 2 + text.length)
  bytes.set(bytesOf(prevHash))
  bytes.set(text, prevHash.length / 2)
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  )
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Why a link does not follow the one before it, or undefined when it does. `computed` is its hash, calculated again. */
export function breakAt(
  before: ChainLink | undefined,
  link: ChainLink,
  computed: string,
  gaps: 'refused' | 'allowed',
): string | undefined {
  const expected = (before?.seq ?? 0) + 1
  if (link.seq < expected) return 'it is out of order: events must be listed once each, oldest first'
  if (link.seq > expected && gaps === 'refused') return `event ${expected} is missing before it`
  if (link.seq === expected && link.prevHash !== (before?.hash ?? chainStart))
    return 'it does not match the event before it'
  return link.hash === computed ? undefined : 'it was changed after it was recorded'
}

/**
 * Checks the events of an exported file, oldest first, without any server; names the first that was tampered with. A file
 * cannot show that its last events are missing: `contains` is a hash, noted earlier, that must be in it.
 */
export async function verifyExport(
  events: Iterable<unknown> | AsyncIterable<unknown>,
  contains?: string,
): Promise<ExportVerdict> {
  let before: ChainLink | undefined
  let isNoted = contains === undefined
  const found = { events: 0, first: null as number | null, complete: true }
  const verdict = (firstBreak: ChainVerdict['firstBreak']): ExportVerdict => {
    const complete = found.complete && firstBreak === null
    return {
      intact: firstBreak === null,
      ...found,
      complete,
      head: before?.hash ?? null,
      last: before?.seq ?? null,
      firstBreak,
      endProven: false,
    }
  }
  for await (const event of events) {
    const link = linkOf(event)
    if (link === undefined) return verdict({ seq: (before?.seq ?? 0) + 1, reason: 'it is not an exported event' })
    const reason = breakAt(before, link, await linkHash(link.prevHash, link.canonical), 'allowed')
    if (reason !== undefined) return verdict({ seq: link.seq, reason })
    found.complete &&= link.seq === (before?.seq ?? 0) + 1
    found.first ??= link.seq
    found.events += 1
    isNoted ||= link.hash === contains
    before = link
  }
  if (before === undefined) return verdict(noEvents)
  return verdict(isNoted ? null : lacksNoted(before))
}

type Fields = Record<string, unknown>

// What an export adds to an event is not part of what was hashed: two facts about the author, one about the token,
// and the place in the chain.
function linkOf(event: unknown): ChainLink | undefined {
  if (!isFields(event) || !isFields(event.author) || !isFields(event.data) || !isFields(event.data.chain))
    return undefined
  const { avatarUrl: _avatarUrl, deleted: _authorDeleted, ...author } = event.author
  const { chain, ...data } = event.data
  const { seq, prevHash, hash } = chain as Fields
  if (!Number.isSafeInteger(seq) || !isHash(prevHash) || !isHash(hash)) return undefined
  const recorded: Fields = { ...event, author, data }
  if (isFields(event.token)) {
    const { deleted: _tokenDeleted, ...token } = event.token
    recorded.token = token
  }
  const canonical = canonicalOrNothing(recorded)
  return canonical === undefined ? undefined : { seq: seq as number, prevHash, hash, canonical }
}

// What was never recorded may hold what has no canonical form.
function canonicalOrNothing(value: Fields): string | undefined {
  try {
    return canonicalText(value)
  } catch {
    return undefined
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
