import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import { digest, type InstanceKey } from '../../kernel/secret.ts'
import type { Links } from '../../mail/links.ts'
import type { Db, Tx } from '../../store/database.ts'
import { signUp } from '../../users/sign-in/sign-up.ts'
import { joinPath, tokenOfProof } from '../entrance/entrance.ts'
import { findOpenLink } from '../entrance/links-store.ts'
import { findOffer, lockOffer } from '../entrance/offers-store.ts'
import { isVoid } from '../entrance/reply.ts'

type SignUp = typeof api.users.signUp

/**
 * Creates the caller's account. The token of an invitation to their address opens sign-up where only invited people may,
 * and the mail that verifies the address leads back to what the token is for. With the proof from the mail of the
 * invitation no other mail is needed: the address is verified.
 */
export async function signUpInvited(
  db: Db,
  permit: Permit<'account.create'>,
  input: InputOf<SignUp>,
  services: { links: Links; key: InstanceKey },
): Promise<ResultOf<SignUp>> {
  const { invitation, proof } = input
  if (invitation === undefined) return signUp(db, permit, input, { isInvited: false, leadTo: undefined, ...services })
  const hash = digest(invitation)
  const invited = await invitedAddress(db, hash)
  const isLive = invited !== undefined || (await findOpenLink(db, hash, null, now())) !== undefined
  return signUp(db, permit, input, {
    isInvited: isSame(invited, input.email),
    leadTo: isLive ? joinPath(invitation) : undefined,
    ...(proof !== undefined &&
      tokenOfProof(proof) === invitation && { provenIn: (tx) => provenAddress(tx, hash, input) }),
    ...services,
  })
}

// Null: the invitation works, and is for an account.
async function invitedAddress(db: Db, hash: Buffer): Promise<string | null | undefined> {
  const offer = await findOffer(db, { hash }, null, now())
  return offer === undefined || isVoid(offer) ? undefined : offer.address
}

function isSame(invited: string | null | undefined, typed: string): boolean {
  return invited?.toLowerCase() === typed.toLowerCase()
}

// As the invitation spells it, since that is where the mail went; and locked, so that none that is being revoked counts.
async function provenAddress(tx: Tx, hash: Buffer, { email }: InputOf<SignUp>): Promise<string | undefined> {
  await lockOffer(tx, { hash })
  const invited = await invitedAddress(tx, hash)
  return isSame(invited, email) ? (invited ?? undefined) : undefined
}
