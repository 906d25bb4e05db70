import type * as api from '../../../api/index.ts'
import type { ResultOf } from '../../../api/index.ts'
import { mayGrant } from '../../access/escalation.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { applyChanges } from '../../members/membership/membership.ts'
import type { ChangeSet } from '../../members/membership/membership-changes.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { ownId } from '../../users/accounts/accounts.ts'
import { mailAddressOf } from '../../users/addresses/mail-address.ts'
import { deadOffer, lockAccepted, refuseWithSso } from './entrance.ts'
import { findOpenLink, type SeenLink, takeUse } from './links-store.ts'
import { joinedMail } from './mails.ts'

/** Makes the caller a member by an invite link, counting the use; undefined when no link of this secret lets people in. */
export async function joinByLink(
  db: Db,
  permit: Permit<'invitation.accept'>,
  hash: Buffer,
): Promise<ResultOf<typeof api.joining.acceptOffer> | undefined> {
  const userId = ownId(permit)
  return transaction(db, async (tx) => {
    const seen = await findOpenLink(tx, hash, userId, now())
    if (seen === undefined) return undefined
    const lock = () => takeUse(tx, hash, userId, now())
    const locked = await lockAccepted(tx, permit, { seen, lock, inviterOf: (link) => link.created_by })
    if (locked === undefined) return undefined
    const { offer: link, inviterRole } = locked
    const { org, role } = link
    if (link.is_member) throw new HubError('Conflict', `You are already a member of ${org.name}.`)
    refuseWithSso(org.name, link.sso_mode, permit.request.publicUrl)
    if (!link.has_domain) throw wrongDomain(link.email_domain)
    if (!mayGrant(inviterRole, role)) throw deadOffer()
    await applyChanges(tx, permit, await entryOf(tx, permit, link))
    return { organization: org.name, role }
  })
}

async function entryOf(tx: Tx, permit: Permit<'invitation.accept'>, link: SeenLink): Promise<ChangeSet> {
  const { id, name } = permit.actor
  const { org, org_id: orgId, role, created_by: letInBy } = link
  const to = await mailAddressOf(tx, letInBy)
  const letter = { org: org.name, user: name }
  return {
    orgId,
    changes: [{ kind: 'join', person: { id, name }, role, source: 'invitation', letInBy }],
    mails: () => (to === undefined ? [] : [joinedMail({ to, ...letter }, 'your invite link')]),
    events: () => [
      {
        type: 'org.join.automatic',
        message: `joined with the ${role} role through an invite link from ${link.creator?.user ?? 'a deleted account'}`,
        data: {
          user: { _id: id, user: name },
          role,
          source: 'invitation',
          inviteLink: { id: link.id, label: link.label, last4: link.last4, uses: link.uses },
        },
        scope: orgId,
      },
    ],
  }
}

/** The refusal of someone without a verified address in the domain that an invite link asks for. */
export function wrongDomain(domain: string | null): HubError {
  return new HubError(
    'EmailNotVerified',
    `This link is for people with a verified email address at ${domain}. Add and verify yours under Settings → Account.`,
  )
}
