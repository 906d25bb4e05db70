import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { openedBy } from '../../orgs/domains.ts'
import type { Db } from '../../store/database.ts'
import { getClaim } from '../../users/accounts/emails.ts'

/** What a verification link is for, and which organizations the address opens; for the reader of the mail, signed in or not. */
export async function viewClaim(
  db: Db,
  permit: Permit<'email.viewClaim'>,
  { token }: InputOf<typeof api.emails.viewClaim>,
): Promise<ResultOf<typeof api.emails.viewClaim>> {
  const { userId, username, address } = await getClaim(db, token)
  const isYours = permit.facts.actor?.id === userId
  return { email: address, username, isYours, organizations: await openedBy(db, address) }
}
