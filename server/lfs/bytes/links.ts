import { now } from '../../kernel/clock.ts'
import type { InstanceKey } from '../../kernel/secret.ts'

/** What a link lets its holder do, and for whom it was made; the decision is asked again when it is used. */
export interface LinkClaims {
  repoId: string
  oid: string
  size: number
  op: LinkOperation
  uploadId?: string
  part?: number
  userId: string | null
  tokenId: string | null
  /** Of its secret, which can be replaced. */
  tokenLast4: string | null
  /** That token is fine-grained. */
  isScoped: boolean
  sessionId: string | null
}

/** What a link says; `isLate` when its time is over and it is one that may live on while its upload goes on. */
export type ReadClaims = LinkClaims & { isLate: boolean }

const operations = ['upload', 'download', 'part', 'complete', 'verify', 'data'] as const
export type LinkOperation = (typeof operations)[number]

const purpose = 'lfs link'
/** No link lives longer than ten minutes; those of an upload, ten minutes from its last sign of life. */
export const longestLinkSeconds = 600
const lateMs = 86_400_000
const mayBeLate: readonly LinkOperation[] = ['upload', 'part', 'complete', 'verify']

/** Signs a link: text that can stand in an address and proves by itself what it is for, until it expires. */
export function signLink(key: InstanceKey, claims: LinkClaims, seconds: number): string {
  const lifetimeMs = Math.min(seconds, longestLinkSeconds) * 1000
  const fields = [
    claims.op,
    claims.repoId,
    claims.oid,
    claims.size.toString(36),
    claims.uploadId ?? '',
    claims.part?.toString(36) ?? '',
    claims.userId ?? '',
    claims.tokenId ?? '',
    claims.tokenLast4 ?? '',
    claims.sessionId ?? '',
    claims.isScoped ? 's' : '',
    (now().getTime() + lifetimeMs).toString(36),
  ]
  if (!fields.every((field) => /^[\w-]*$/.test(field))) throw new Error('a link holds ids and numbers only')
  const text = fields.join('.')
  return `${text}.${key.sign(purpose, text)}`
}

/**
 * Reads a link that this hub signed and that has not expired; undefined for any other text. Those of an upload are read
 * for a day: the receiver of a late one must check that its upload still goes on.
 */
export function readLink(key: InstanceKey, link: string): ReadClaims | undefined {
  const end = link.lastIndexOf('.')
  const text = link.slice(0, Math.max(end, 0))
  if (!key.proves(purpose, text, link.slice(end + 1))) return undefined
  const [
    op,
    repoId = '',
    oid = '',
    size = '',
    uploadId,
    part,
    userId,
    tokenId,
    tokenLast4,
    sessionId,
    scoped,
    expires = '',
  ] = text.split('.')
  const known = operations.find((name) => name === op)
  const ageMs = now().getTime() - Number.parseInt(expires, 36)
  const isLate = ageMs >= 0
  if (known === undefined || (isLate && (ageMs >= lateMs || !mayBeLate.includes(known)))) return undefined
  return {
    isLate,
    op: known,
    repoId,
    oid,
    size: Number.parseInt(size, 36),
    ...(uploadId ? { uploadId } : {}),
    ...(part ? { part: Number.parseInt(part, 36) } : {}),
    userId: userId || null,
    tokenId: tokenId || null,
    tokenLast4: tokenLast4 || null,
    sessionId: sessionId || null,
    isScoped: scoped === 's',
  }
}
