import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import { digest } from '../../kernel/secret.ts'
import type { Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { deadOffer, endedLink, refuseWithSso } from '../entrance/entrance.ts'
import { findLink, type SeenLink } from '../entrance/links-store.ts'
import { findOffer, type OfferRow, offersTo } from '../entrance/offers-store.ts'
import { isVoid, linkState, personReply } from '../entrance/reply.ts'
import { organizationReply } from './acceptance.ts'

type Offer = api.joining.Offer

/** The invitations that wait for an account, as a part of a statement. */
export function waitingOffers(userId: string, at: Date) {
  return offersTo(userId, at)
}

/**
 * What a link into an organization is, and what the caller has to do next. An invite link that has ended says so; for all
 * else that does not work there is one refusal.
 */
export async function viewOffer(
  db: Db,
  permit: Permit<'invitation.view'>,
  { token }: InputOf<typeof api.joining.viewOffer>,
  links: Links,
): Promise<ResultOf<typeof api.joining.viewOffer>> {
  const hash = digest(token)
  const { actor, isOutOfScope } = permit.facts
  const viewerId = actor === undefined || isOutOfScope || actor.via === 'console' ? null : actor.id
  const [invitation, link] = await Promise.all([
    findOffer(db, { hash }, viewerId, now()),
    findLink(db, hash, viewerId, now()),
  ])
  if (invitation !== undefined && !isVoid(invitation)) return invitationOffer(invitation, viewerId, links)
  if (link !== undefined) return linkOffer(link, viewerId, links)
  throw deadOffer()
}

function invitationOffer(row: OfferRow, viewerId: string | null, links: Links): Offer {
  const knows = row.is_mine || row.names_address
  if (viewerId !== null && !knows) throw deadOffer()
  return {
    kind: 'invitation',
    organization: organizationReply(row.org, links),
    role: row.role,
    groups: row.is_mine ? row.groups.map(({ name, role }) => ({ name, role })) : [],
    message: row.message,
    invitedBy: personReply(row.inviter, links),
    expiresAt: row.expires_at.toISOString(),
    for: row.address === null ? 'user' : 'email',
    address: knows ? row.address : null,
    emailDomain: null,
    state: stateFor(viewerId, { isMember: row.is_member, isVerified: row.is_mine }),
    maySignUp: row.address !== null,
  }
}

function linkOffer(link: SeenLink, viewerId: string | null, links: Links): Offer {
  const state = linkState(link)
  if (state !== 'active' && !link.is_member) throw endedLink(link.org.name, state)
  if (!link.is_member) refuseWithSso(link.org.name, link.sso_mode, links.publicUrl)
  return {
    kind: 'link',
    organization: organizationReply(link.org, links),
    role: link.role,
    groups: [],
    message: '',
    invitedBy: personReply(link.creator, links),
    expiresAt: link.expires_at.toISOString(),
    for: 'anyone',
    address: null,
    emailDomain: link.email_domain,
    state: stateFor(viewerId, { isMember: link.is_member, isVerified: link.has_domain }),
    maySignUp: false,
  }
}

function stateFor(
  viewerId: string | null,
  { isMember, isVerified }: { isMember: boolean; isVerified: boolean },
): Offer['state'] {
  if (viewerId === null) return 'sign_in'
  if (isMember) return 'member'
  return isVerified ? 'ready' : 'verify_email'
}
