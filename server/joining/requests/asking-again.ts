import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { maskAddress, record } from '../../audit/record.ts'
import { now } from '../../kernel/clock.ts'
import { digest } from '../../kernel/secret.ts'
import { queueNotices } from '../../mail/queue.ts'
import { type Db, transaction } from '../../store/database.ts'
import { attemptLimits, countAttempt, mayAttempt } from '../../users/guessing/attempts.ts'
import { findAdminAddresses } from '../entrance/entrance-store.ts'
import { askedAgainMail } from '../entrance/mails.ts'
import { type AskedAbout, findByLink } from './asking-again-store.ts'
import { askByLink } from './asking-by-link.ts'

/**
 * Asks the admins for a new invitation or invite link, for people whose link does not work. Answers the same for every
 * invitation and every unknown secret, so that it tells nothing about the invitation or about accounts. One email a day for
 * each invitation.
 */
export async function askAgain(
  db: Db,
  permit: Permit<'invitation.askAgain'>,
  { token }: InputOf<typeof api.joining.askAgain>,
): Promise<ResultOf<typeof api.joining.askAgain>> {
  await countAttempt(db, attemptLimits.askedAgain, maskAddress(permit.request.ip))
  const hash = digest(token)
  const invitation = await findByLink(db, hash, now())
  if (invitation === undefined) await askByLink(db, permit, hash)
  else if (await mayAttempt(db, attemptLimits.askedAgainFor, invitation.id)) await tellAdmins(db, permit, invitation)
  return { success: true }
}

async function tellAdmins(db: Db, permit: Permit<'invitation.askAgain'>, invitation: AskedAbout): Promise<void> {
  const { orgId, org, whom } = invitation
  await transaction(db, async (tx) => {
    const user = permit.facts.actor?.name
    const letter = { org, whom, user, why: whyOf(invitation) }
    const addresses = await findAdminAddresses(tx, orgId, now())
    await queueNotices(
      tx,
      orgId,
      addresses.map((to) => askedAgainMail({ to, ...letter })),
    )
    await record(tx, permit, {
      type: 'org.invite.ask_again',
      message: `asked for a new invitation in place of the one for ${whom}`,
      data: { invitation: { id: invitation.id }, ...(user !== undefined && { user }) },
      scope: orgId,
    })
  })
}

const endings = {
  pending: 'is still pending',
  accepted: 'was already accepted',
  declined: 'was declined',
  revoked: 'was revoked',
  expired: 'has expired',
  superseded: 'ended when they joined in another way',
} as const satisfies Record<AskedAbout['state'], string>

function whyOf({ state, isExpired }: AskedAbout): string {
  return endings[state === 'pending' && isExpired ? 'expired' : state]
}
