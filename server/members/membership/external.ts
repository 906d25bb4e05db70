import type { Tx } from '../../store/database.ts'
import { setExternal } from './membership-store.ts'
import type { MemberKey } from './store.ts'

/** Sets whether a member is an external collaborator, of whom no SSO session is asked; false if they were that already. */
export async function markExternal(tx: Tx, member: MemberKey, isExternal: boolean): Promise<boolean> {
  return setExternal(tx, member, isExternal)
}
