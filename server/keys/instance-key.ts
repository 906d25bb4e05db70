import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { now } from '../kernel/clock.ts'
import { type InstanceKey, sameSecret } from '../kernel/secret.ts'

/** The key of the installation, and during a rotation the one before: what either sealed opens. */
export interface KeyRing extends InstanceKey {
  /** How values begin that the key before sealed; undefined when no rotation is under way. */
  readonly formerHeader: Buffer | undefined
  readonly formerFingerprint: string | undefined
  /** Since when this process seals with the present key; requests from before may still write what the other sealed. */
  readonly presentSince: Date
  /** The keys of what must stay as it is through a rotation, as text to be sealed. */
  keptKeys(): string
  /** Signs with kept keys from now on. */
  signWithKept(text: string): void
  /** Seals with a new key from now on; the present one becomes the one before. */
  turnTo(secret: string): void
  /** Forgets the key before. */
  dropFormer(): void
}

/** The file that the key is in, where it is not set in the environment. */
export interface KeyFile {
  /** Keeps a new key, and the present one as the one before. */
  replace(next: string): void
  dropPrevious(): void
}

const sealVersion = 1
const headerLength = 9

/**
 * What is signed for these cannot be signed again: codes and cookies that people have, records in the DNS, seals of what may
 * not be rewritten, and what is counted or recognized by its signature.
 */
const keptPurposes = [
  'recovery code',
  'device',
  'recovery proof',
  'audit head',
  'audit event',
  'attempt',
  'idempotency',
  'idempotency key',
] as const

interface Key {
  fingerprint: string
  header: Buffer
  sealing: Buffer
  signing(purpose: string): Buffer
}

interface Kept {
  fingerprint: string
  keys: Record<string, string>
}

/** Makes the installation's key from its secret, at least 32 characters, and from the secret before, if there is one. */
export function instanceKey(secret: string, formerSecret?: string): KeyRing {
  let current = keyOf(secret)
  let former = formerSecret === undefined ? undefined : keyOf(formerSecret)
  let kept = keptOf(former ?? current)
  let presentSince = now()
  return {
    get fingerprint() {
      return current.fingerprint
    },
    get keptFingerprint() {
      return kept.fingerprint
    },
    get formerHeader() {
      return former?.header
    },
    get formerFingerprint() {
      return former?.fingerprint
    },
    get presentSince() {
      return presentSince
    },
    seal: (plain) => Buffer.concat([current.header, seal(current.sealing, plain)]),
    open: (sealed) => openWith(former !== undefined && isBy(former, sealed) ? former : current, sealed),
    sign: (purpose, text) => signature(keptKey(kept, purpose) ?? current.signing(purpose), text),
    proves: (purpose, text, given) =>
      [current, former].some((key) => key !== undefined && sameSecret(given, signature(key.signing(purpose), text))),
    keptKeys: () => JSON.stringify(kept),
    signWithKept(text) {
      kept = JSON.parse(text)
    },
    turnTo(next) {
      former = current
      current = keyOf(next)
      presentSince = now()
    },
    dropFormer() {
      former = undefined
    },
  }
}

function keyOf(secret: string): Key {
  const derive = (purpose: string) => createHmac('sha256', secret).update(`guildhall ${purpose}`).digest()
  const fingerprint = derive('fingerprint').toString('hex').slice(0, 16)
  return {
    fingerprint,
    header: Buffer.from([sealVersion, ...Buffer.from(fingerprint, 'hex')]),
    sealing: derive('seal'),
    signing: (purpose) => derive(`sign ${purpose}`),
  }
}

function keptOf({ fingerprint, signing }: Key): Kept {
  const keys = keptPurposes.map((purpose) => [purpose, signing(purpose).toString('base64')])
  return { fingerprint, keys: Object.fromEntries(keys) }
}

function keptKey({ keys }: Kept, purpose: string): Buffer | undefined {
  const key = keys[purpose]
  return key === undefined ? undefined : Buffer.from(key, 'base64')
}

function signature(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

function isBy({ header }: Key, sealed: Buffer): boolean {
  return sealed.subarray(0, headerLength).equals(header)
}

function openWith(key: Key, sealed: Buffer): string {
  const version = sealed[0]
  if (version !== sealVersion) throw new Error(`sealed in version ${version}, which this program does not know`)
  if (!isBy(key, sealed)) {
    const id = sealed.subarray(1, headerLength).toString('hex')
    throw new Error(`sealed with the key ${id}, which is not this one`)
  }
  return open(key.sealing, sealed.subarray(headerLength))
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
