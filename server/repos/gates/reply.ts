import type { gated } from '../../../api/index.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { RequestRow, State } from './store.ts'

/** A request as the API shows it; one that has expired as the accepted one that it was. */
export function requestReply(row: RequestRow, links: Links): gated.AccessRequest {
  const { id, state, email, answers, handled_by_id, handled_by, handled_at, reason, expires_at } = row
  const by = handled_by_id !== null && handled_by !== null
  return {
    requestId: id,
    user: {
      ...personReply({ id: row.user_id, name: row.user, fullname: row.fullname }, links),
      ...(email !== null && { email }),
      verifiedOrgNames: [],
    },
    status: state === 'expired' ? 'accepted' : state,
    timestamp: row.created_at.toISOString(),
    ...(answers.length > 0 && { fields: Object.fromEntries(answers.map(({ name, answer }) => [name, answer])) }),
    ...(by && {
      grantedBy: personReply({ id: handled_by_id, name: handled_by, fullname: row.handled_by_fullname ?? '' }, links),
    }),
    ...(handled_at && { reviewedAt: handled_at.toISOString() }),
    ...(reason !== null && { rejectionReason: reason }),
    expiresAt: expires_at?.toISOString() ?? null,
  }
}

/** A person as the lists of gates show them. */
export function personReply(
  { id, name, fullname }: { id: string; name: string; fullname: string },
  links: Links,
): Omit<gated.AccessRequest['user'], 'email' | 'verifiedOrgNames'> {
  return { _id: id, user: name, fullname, avatarUrl: avatarUrl(links, name), isPro: false, type: 'user' }
}

/** What a request is at this moment: accepted access may have expired since it was last looked at. */
export function stateNow({ state, expires_at }: { state: State; expires_at: Date | null }): State {
  return state === 'accepted' && expires_at !== null && expires_at <= now() ? 'expired' : state
}

/** The refusal of what only a gated repository has. */
export function notGated(): HubError {
  return new HubError('BadRequest', 'This repository is not gated. Turn on access requests in its settings first.')
}
