import type { groups } from '../../../../api/index.ts'
import { roleNames } from '../../../words.ts'

/** Who joins a group without being added, in words. */
export function autoJoinWords(autoJoin: groups.AutoJoin | undefined): string {
  if (!autoJoin?.enabled) return 'off'
  const who = autoJoin.scope === 'read_plus' ? 'everybody with read or more' : 'everybody'
  return `${who}, as ${roleNames[autoJoin.role]}`
}
