import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { digest, newToken } from '../kernel/secret.ts'
import type { Tx } from '../store/database.ts'
import * as store from './store.ts'

/** Which tokens of an organization’s own: those of service accounts, or those of its identity provider. */
export type OwnTokenKind = 'service' | 'scim'

/** A secret that is shown once; only its hash is kept. */
export interface NewSecret {
  token: string
  last4: string
  at: Date
}

/** Adds a token to an account that is locked; undefined where it has so many already. */
export async function addToken(
  tx: Tx,
  kind: OwnTokenKind,
  { accountId, name, most }: { accountId: string; name: string; most: number },
): Promise<(NewSecret & { id: string }) | undefined> {
  const id = newId()
  const { hash, ...secret } = newSecret(kind)
  const isAdded = await store.insertToken(tx, { id, accountId, hash, name, last4: secret.last4, at: secret.at }, most)
  return isAdded ? { id, ...secret } : undefined
}

/** Gives a token that is locked another secret; the old one stops working at once. */
export async function renewToken(tx: Tx, kind: OwnTokenKind, id: string): Promise<NewSecret> {
  const { hash, ...secret } = newSecret(kind)
  await store.replaceSecret(tx, { id, hash, last4: secret.last4, at: secret.at })
  return secret
}

function newSecret(kind: OwnTokenKind): NewSecret & { hash: Buffer } {
  const token = newToken(kind)
  return { token, hash: digest(token), last4: token.slice(-4), at: now() }
}
