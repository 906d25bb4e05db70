import { now } from '../../kernel/clock.ts'
import type { InstanceKey } from '../../kernel/secret.ts'

/** What a token of Xet lets its holder do, and for whom it was made; the decision is asked again whenever it is used. */
export interface CasClaims {
  repoId: string
  /** Of the address that the client was given. */
  generation: number
  mayWrite: boolean
  userId: string | null
  tokenId: string | null
  /** Of its secret, which can be replaced. */
  tokenLast4: string | null
  /** That token is fine-grained. */
  isScoped: boolean
  sessionId: string | null
}

const purpose = 'xet token'
const lifetimeSeconds = 600
// Clients go by their own clock, and a refusal ends their upload
const graceMs = 300_000

/** Signs a token, and says until when clients should use it, in whole seconds. */
export function signCasToken(key: InstanceKey, claims: CasClaims): { token: string; expires: number } {
  const expires = Math.floor(now().getTime() / 1000) + lifetimeSeconds
  const fields = [
    claims.mayWrite ? 'write' : 'read',
    casName(claims),
    claims.userId ?? '',
    claims.tokenId ?? '',
    claims.tokenLast4 ?? '',
    claims.sessionId ?? '',
    claims.isScoped ? 's' : '',
    expires.toString(36),
  ]
  const text = fields.join('.')
  if (!/^[\w.-]*$/.test(text)) throw new Error('a token holds ids and numbers only')
  return { token: `${text}.${key.sign(purpose, text)}`, expires }
}

/** Reads a token that this server signed and that has not expired; undefined for any other text. */
export function readCasToken(key: InstanceKey, token: string): CasClaims | undefined {
  const end = token.lastIndexOf('.')
  const text = token.slice(0, Math.max(end, 0))
  if (!key.proves(purpose, text, token.slice(end + 1))) return undefined
  const [op, repoId = '', generation = '', userId, tokenId, tokenLast4, sessionId, scoped, expires = ''] =
    text.split('.')
  if (now().getTime() >= Number.parseInt(expires, 36) * 1000 + graceMs) return undefined
  return {
    repoId,
    generation: Number(generation),
    mayWrite: op === 'write',
    userId: userId || null,
    tokenId: tokenId || null,
    tokenLast4: tokenLast4 || null,
    sessionId: sessionId || null,
    isScoped: scoped === 's',
  }
}

/** The part of the address of uploads that is the repository's own. */
export function casName({ repoId, generation }: Pick<CasClaims, 'repoId' | 'generation'>): string {
  return `${repoId}.${generation}`
}
