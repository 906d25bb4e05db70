import { now } from '../kernel/clock.ts'
import { type InstanceKey, sameSecret } from '../kernel/secret.ts'

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
  sessionId: string | null
}

const operations = ['upload', 'download', 'part', 'complete', 'verify'] as const
export type LinkOperation = (typeof operations)[number]

const purpose = 'lfs link'
/** No link lives longer than ten minutes. */
export const longestLinkSeconds = 600

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
    claims.sessionId ?? '',
    (now().getTime() + lifetimeMs).toString(36),
  ]
  if (!fields.every((field) => /^[\w-]*$/.test(field))) throw new Error('a link holds ids and numbers only')
  const text = fields.join('.')
  return `${text}.${key.sign(purpose, text)}`
}

/** Reads a link that this hub signed and that has not expired; undefined for any other text. */
export function readLink(key: InstanceKey, link: string): LinkClaims | undefined {
  const end = link.lastIndexOf('.')
  const text = link.slice(0, Math.max(end, 0))
  if (!sameSecret(link.slice(end + 1), key.sign(purpose, text))) return undefined
  const [op, repoId = '', oid = '', size = '', uploadId, part, userId, tokenId, sessionId, expires = ''] =
    text.split('.')
  const known = operations.find((name) => name === op)
  if (known === undefined || Number.parseInt(expires, 36) <= now().getTime()) return undefined
  return {
    op: known,
    repoId,
    oid,
    size: Number.parseInt(size, 36),
    ...(uploadId ? { uploadId } : {}),
    ...(part ? { part: Number.parseInt(part, 36) } : {}),
    userId: userId || null,
    tokenId: tokenId || null,
    sessionId: sessionId || null,
  }
}
