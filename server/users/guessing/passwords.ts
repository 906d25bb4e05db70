import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { openSlots } from '../../shares/slots.ts'

// OWASP's first choice for argon2id, which is the library's default algorithm: 19 MiB, two passes, one lane.
const work = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// The hash of a password that no one has, made with the same work: an absent account takes as long as a present one.
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$HkM79hw+OT8FkCORVu/H3A$bqaAsWlvJ+ue2EP7uUbPJUcl5Y1qlViUxcoUEi4P2Iw'

// Threads of the process do this, and files and names are looked up by them too; one processor stays for the answers to
// everyone else. No one is signed in yet who signs in.
const atOnce = Math.max(1, Math.min(2, availableParallelism() - 1))
const places = openSlots({ places: atOnce, share: { held: 1, anonymousHeld: atOnce, anonymousWaiting: 200 } })

/** The argon2id hash of a password, to be stored. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, work))
}

/** Whether the password is that of the hash; without a hash the answer is no, after the same work. */
export async function isPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const right = await inTurn(() => verify(stored ?? nobodysHash, password))
  return right && typeof stored === 'string'
}

async function inTurn<T>(hashing: () => Promise<T>): Promise<T> {
  const leave = await places.enter()
  try {
    return await hashing()
  } finally {
    leave()
  }
}
