import type { gated } from '../../../../api/index.ts'

/** What can be decided about a request. */
export interface Deed {
  status: gated.RequestState
  label: string
  isDanger?: true
}

const accept: Deed = { status: 'accepted', label: 'Accept' }
const reject: Deed = { status: 'rejected', label: 'Reject', isDanger: true }
const reset: Deed = { status: 'pending', label: 'Move to pending' }

/** What can be decided about requests in each state. */
export const deedsIn: Record<gated.RequestState, Deed[]> = {
  pending: [accept, reject],
  accepted: [reject, reset],
  rejected: [accept, reset],
}
