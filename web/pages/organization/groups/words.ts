import type { groups } from '../../../../api/index.ts'
import { roleNames } from '../../../words.ts'

/** Which members are added automatically, and with which role. */
export function autoJoinWords(autoJoin: groups.AutoJoin | undefined): string {
  if (!autoJoin?.enabled) return 'Off'
  const who = autoJoin.scope === 'read_plus' ? 'Read or higher' : 'All members'
  return `${who}, as ${roleNames[autoJoin.role]}`
}
