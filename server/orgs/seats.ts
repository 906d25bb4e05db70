import type { Tx } from '../store/database.ts'

/** Takes a seat for a newcomer, or reserves one for an invitation; `SeatLimit` when the organization has none left. */
export async function takeSeat(_tx: Tx, _orgId: string): Promise<void> {}
