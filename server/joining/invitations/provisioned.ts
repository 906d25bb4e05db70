import type { OrgRole } from '../../../api/index.ts'
import { systemAuthor } from '../../access/author.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { newId } from '../../kernel/ids.ts'
import { queueMails, queueNotices } from '../../mail/queue.ts'
import type { Mail } from '../../mail/templates.ts'
import { refuseToOffer } from '../../members/membership/rejoin-blocks.ts'
import { reserveSeat } from '../../orgs/seats.ts'
import type { Tx } from '../../store/database.ts'
import { mailAddressOf } from '../../users/addresses/mail-address.ts'
import { newInvitationToken } from '../entrance/entrance.ts'
import { findAdminAddresses } from '../entrance/entrance-store.ts'
import * as store from '../entrance/invitations-store.ts'
import { invitationMail } from '../entrance/mails.ts'

const lifetimeDays = 30

/** Whom an identity provider invites, and to what. */
export interface Provisioned {
  org: { id: string; name: string }
  account: { id: string; name: string }
  scimUserId: string
  role: OrgRole
}

/**
 * Invites an account in the name of the identity provider. A pending invitation that an admin sent becomes one of SCIM, and
 * keeps its role and groups; refused to those with a rejoin block.
 */
export async function inviteProvisioned(tx: Tx, { org, account, scimUserId, role }: Provisioned): Promise<void> {
  await refuseToOffer(tx, org.id, account)
  const at = now()
  const key = { orgId: org.id, userId: account.id, scimUserId }
  if (await store.adoptInvitation(tx, { ...key, at })) return
  const { token, proof, hash } = newInvitationToken()
  const expiresAt = secondsFromNow(lifetimeDays * daySeconds)
  await store.putInvitationLater(tx, {
    ...{ ...key, id: newId(), address: null, role, message: '', days: lifetimeDays },
    ...{ hash, invitedBy: null, at, expiresAt },
  })
  await reserveSeat(tx, org.id)
  const to = await mailAddressOf(tx, account.id)
  if (to === undefined) return
  const by = `The identity provider of ${org.name}`
  const letter = { to, org: org.name, by, role, message: '', expiresAt, token, proof, recipient: 'account' } as const
  // A whole company may be provisioned at once: these count for the organization alone
  await queueMails(tx, { ...systemAuthor, actor: undefined, org }, [invitationMail(letter)])
}

/** Revokes what waits for a person whom the identity provider deactivates. */
export async function revokeProvisioned(tx: Tx, scimUserId: string): Promise<void> {
  await store.revokeProvisioned(tx, scimUserId, now())
}

/** Emails the admins of an organization about what its identity provider does. */
export async function tellAdmins(tx: Tx, orgId: string, mailTo: (address: string) => Mail): Promise<void> {
  const addresses = await findAdminAddresses(tx, orgId, now())
  await queueNotices(tx, orgId, addresses.map(mailTo))
}
