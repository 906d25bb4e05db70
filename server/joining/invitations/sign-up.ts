import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import { digest, type InstanceKey } from '../../kernel/secret.ts'
import type { Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { signUp } from '../../users/sign-up.ts'
import { findOpenLink } from '../entrance/links-store.ts'
import { findOffer } from '../entrance/offers-store.ts'
import { isVoid } from '../entrance/reply.ts'

type SignUp = typeof api.users.signUp

/**
 * Creates the caller's account. The token of an invitation to their address opens sign-up where only invited people may,
 * and the mail that verifies the address leads back to what the token is for.
 */
export async function signUpInvited(
  db: Db,
  permit: Permit<'account.create'>,
  input: InputOf<SignUp>,
  services: { links: Links; key: InstanceKey },
): Promise<ResultOf<SignUp>> {
  if (input.invitation === undefined)
    return signUp(db, permit, input, { isInvited: false, leadTo: undefined, ...services })
  const hash = digest(input.invitation)
  const offer = await findOffer(db, { hash }, null, now())
  const isLive = offer !== undefined && !isVoid(offer)
  const isInvited = isLive && offer.address?.toLowerCase() === input.email.toLowerCase()
  const leadsOn = isLive || (await findOpenLink(db, hash, null, now())) !== undefined
  return signUp(db, permit, input, {
    isInvited,
    leadTo: leadsOn ? `/join/${input.invitation}` : undefined,
    ...services,
  })
}
