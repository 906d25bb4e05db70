import type { HoldingsByKind } from '../users/holding.ts'
import * as store from './holdings-store.ts'

/** Invitations that wait for the person to accept. */
export const invitationsReceived: HoldingsByKind['invitationsReceived'] = {
  columns: ['invitations.user_id'],
  endsWith: ['account deletion'],
  list: store.listReceived,
  // With those they sent, because both are rows of one table.
  hold: store.lockInvitationsOf,
  end: store.revokeReceived,
}

/** Invitations that the person answers for; they are void while the person may not invite. */
export const invitationsSent: HoldingsByKind['invitationsSent'] = {
  columns: ['invitations.invited_by'],
  endsWith: ['account deletion'],
  list: store.listSent,
  end: store.revokeSent,
  handOver: store.reassignSent,
}

/** Invite links that the person answers for; they let no one in while the person may not invite. */
export const inviteLinks: HoldingsByKind['inviteLinks'] = {
  columns: ['invite_links.created_by'],
  endsWith: ['account deletion'],
  list: store.listLinksOf,
  hold: store.lockLinksOf,
  end: store.revokeLinksOf,
  handOver: store.reassignLinksOf,
}

/** Requests to join that are not decided. */
export const joinRequests: HoldingsByKind['joinRequests'] = {
  columns: ['join_requests.user_id'],
  endsWith: ['account deletion'],
  list: store.listRequestsOf,
  hold: store.lockRequestsOf,
  end: store.withdrawRequestsOf,
}
