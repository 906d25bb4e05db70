import { now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { digest, randomText } from '../../kernel/secret.ts'
import type { Db, Tx } from '../../store/database.ts'
import { findLink, type LinkPurpose, replaceLink, takeLink } from './email-store.ts'

const secretLength = 43

/** What a link is for, and how long it works. */
export interface LinkWish {
  purpose: LinkPurpose
  userId: string
  emailId: string | null
  lifetimeSeconds: number
}

/** Makes the secret of a link that goes out by mail; only its hash is kept, and earlier ones like it stop working. */
export async function createLink(tx: Tx, { lifetimeSeconds, ...wish }: LinkWish): Promise<string> {
  const token = randomText(secretLength)
  await replaceLink(tx, { ...wish, hash: digest(token), expiresAt: secondsFromNow(lifetimeSeconds) })
  return token
}

/** Uses a link up, and tells whose it was; throws `400` when it works no more. */
export async function useLink(tx: Tx, purpose: LinkPurpose, token: string) {
  const link = await takeLink(tx, purpose, digest(token), now())
  if (link === undefined) throw deadLink()
  return link
}

/** Tells whose a link is, and throws `400` when it works no more; it is not used up. */
export async function checkLink(db: Db, purpose: LinkPurpose, token: string) {
  const link = await findLink(db, purpose, digest(token), now())
  if (link === undefined) throw deadLink()
  return link
}

function deadLink(): HubError {
  return new HubError('BadRequest', 'This link has expired or was already used. Request a new email.')
}
