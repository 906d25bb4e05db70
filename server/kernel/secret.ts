import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  randomInt,
  timingSafeEqual,
} from 'node:crypto'

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

function checksum(text: string): string {
  const number = digest(text).readUIntBE(0, 6)
  return Array.from({ length: checksumLength }, (_, place) => alphabet[Math.floor(number / 62 ** place) % 62]).join('')
}

/** SHA-256: how secrets are stored, so that a copy of the database opens nothing. */
export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
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
  /** Tells keys apart without telling the key: 16 hexadecimal digits. Sealed values carry it as the ID of their key. */
  fingerprint: string
}

/** Makes the installation's key from its secret, at least 32 characters. */
export function instanceKey(secret: string): InstanceKey {
  const derive = (purpose: string) => createHmac('sha256', secret).update(`guildhall ${purpose}`).digest()
  const sealing = derive('seal')
  const fingerprint = derive('fingerprint').toString('hex').slice(0, 16)
  const header = Buffer.from([sealVersion, ...Buffer.from(fingerprint, 'hex')])
  return {
    fingerprint,
    seal: (plain) => Buffer.concat([header, seal(sealing, plain)]),
    open: (sealed) => open(sealing, withoutHeader(header, sealed)),
    sign: (purpose, text) =>
      createHmac('sha256', derive(`sign ${purpose}`))
        .update(text)
        .digest('base64url'),
  }
}

const sealVersion = 1

function withoutHeader(header: Buffer, sealed: Buffer): Buffer {
  const [version, id] = [sealed[0], sealed.subarray(1, header.length)]
  if (version !== sealVersion) throw new Error(`sealed in version ${version}, which this program does not know`)
  if (!id.equals(header.subarray(1)))
    throw new Error(`sealed with the key ${id.toString('hex')}, which is not this one`)
  return sealed.subarray(header.length)
}

// AES-256-GCM: 12 bytes of nonce, 16 bytes of tag, then the text.
function seal(key: Buffer, plain: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function open(key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
  decipher.setAuthTag(sealed.subarray(12, 28))
  return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8')
}
