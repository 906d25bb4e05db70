import { timingSafeEqual } from 'node:crypto'
import type { InstanceKey } from '../kernel/secret.ts'

/** A place in a chain. */
interface Place {
  scope: string
  seq: string
  hash: Buffer
}

type SealOf = 'audit head' | 'audit event'

const eventsPerSeal = 1000n
const version = 1
const idEnd = 9

/** Whether an event carries a seal of its own, beside the one at the end of the chain. */
export function isSealedPlace(seq: string): boolean {
  return BigInt(seq) % eventsPerSeal === 0n
}

/**
 * The proof that the hub itself wrote a chain as far as a place: a version, the ID of its key (8 bytes), and an HMAC of 32
 * bytes. Seals of events do not fit the end.
 */
export function sealOf(key: InstanceKey, of: SealOf, { scope, seq, hash }: Place): Buffer {
  const mac = key.sign(of, `${scope} ${seq} ${hash.toString('hex')}`)
  return Buffer.concat([Buffer.from([version]), Buffer.from(key.keptFingerprint, 'hex'), Buffer.from(mac, 'base64url')])
}

/** Why the seal of a place does not hold, or undefined when it does. */
export function sealBreak(key: InstanceKey, of: SealOf, place: Place & { seal: Buffer | null }): string | undefined {
  const { seal } = place
  if (seal === null) return 'it has no seal of this instance'
  const right = sealOf(key, of, place)
  if (seal.length === right.length && timingSafeEqual(seal, right)) return undefined
  const keyId = seal.subarray(1, idEnd)
  if (seal[0] === version && !keyId.equals(right.subarray(1, idEnd)))
    return `it was sealed with the key ${keyId.toString('hex')}, which is not the key of this instance`
  return 'its seal does not match: the log was rewritten without the key of this instance'
}
