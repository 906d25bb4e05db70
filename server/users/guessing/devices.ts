import type { InstanceKey } from '../../kernel/secret.ts'

const mostProofs = 8

/** An account as devices know it. */
interface Known {
  id: string
  passwordHash: string | null
}

// Signed with the password, so that a new one makes every device new: also that of anyone who knew the old one.
function proofOf(key: InstanceKey, { id, passwordHash }: Known): string {
  return key.sign('device', `${id} ${passwordHash}`)
}

function proofsIn(cookie: string | undefined): string[] {
  return cookie === undefined ? [] : cookie.split('.').slice(0, mostProofs)
}

/** Whether a browser with this cookie has signed in to the account before, since the password was last set. */
export function isKnownDevice(key: InstanceKey, account: Known, cookie: string | undefined): boolean {
  return proofsIn(cookie).includes(proofOf(key, account))
}

/** The cookie of a browser that is signed in to the account now; it stays known to the accounts it was signed in to before. */
export function knownDevice(key: InstanceKey, account: Known, cookie: string | undefined): string {
  const proof = proofOf(key, account)
  return [proof, ...proofsIn(cookie).filter((other) => other !== proof)].slice(0, mostProofs).join('.')
}
