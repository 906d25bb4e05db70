import { hash, randomInt, timingSafeEqual } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const checksumLength = 6
const randomLength = 32

/** The kinds of token, as the letter after `hf_`. */
export const tokenKinds = { user: 'u', fineGrained: 'f', service: 's', organization: 'o', scim: 'c', refresh: 'r' }
export type TokenKind = keyof typeof tokenKinds

/** A new token: `hf_`, the letter of its kind, 32 random letters and digits, and a checksum of 6. */
export function newToken(kind: TokenKind): string {
  const body = `hf_${tokenKinds[kind]}${randomText(randomLength)}`
  return body + checksum(body)
}

/** Whether a text has the form and the checksum of a token; no database is asked. */
export function looksLikeToken(text: string): boolean {
  if (!/^hf_[a-z][0-9A-Za-z]{38}$/.test(text)) return false
  return checksum(text.slice(0, -checksumLength)) === text.slice(-checksumLength)
}

/** So many random letters and digits, about 5.95 bits each. */
export function randomText(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** The checksum that a token ends with, from all that is before it. */
export function checksum(text: string): string {
  const number = digest(text).readUIntBE(0, 6)
  let written = ''
  for (let rest = number; written.length < checksumLength; rest = Math.floor(rest / 62)) written += alphabet[rest % 62]
  return written
}

/** SHA-256: how secrets are stored, so that a copy of the database opens nothing. */
export function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/** Whether two secrets are equal, in time that does not tell where they differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

/** The key of this installation: seals what must be readable again, and signs. */
export interface InstanceKey {
  seal(plain: string): Buffer
  /** Opens what {@link seal} made; throws for another key, another version, or a changed byte. */
  open(sealed: Buffer): string
  /** A signature over a text, for one named purpose. */
  sign(purpose: string, text: string): string
  /** Whether a signature that does not outlive a rotation of the key is right: by this key, or by the one before. */
  proves(purpose: string, text: string, signature: string): boolean
  /** Tells keys apart without telling the key: 16 hexadecimal digits. Sealed values carry it as the ID of their key. */
  readonly fingerprint: string
  /** The same of the key by which seals of the audit log are made; a rotation does not change it. */
  readonly keptFingerprint: string
}
