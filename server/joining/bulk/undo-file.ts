import { peopleCsv } from '../../../api/index.ts'
import { csvHeader, csvLine } from '../../csv/lines.ts'
import { mapPaced } from '../../kernel/pace.ts'
import type { UndoLine } from '../../members/bulk/bulk-plan.ts'
import type { PendingInvitation } from './members-bulk-store.ts'

/** Undoes an invitation: what was pending before is offered again, and otherwise it is revoked. */
export function undoInvitation(
  who: { username?: string | undefined; email?: string | undefined },
  before?: PendingInvitation,
): UndoLine {
  const names = [who.username ?? '', who.email ?? ''] as const
  return before === undefined
    ? [...names, 'remove', '', '']
    : [...names, 'invite', before.role, peopleCsv.groupsCell(before.groups)]
}

/** Writes the CSV that undoes a change of many people; changing members in bulk reads it. */
export async function undoFile(lines: readonly UndoLine[]): Promise<string> {
  const written = await mapPaced(lines, (line) => csvLine(line))
  return csvHeader(['username', 'email', 'op', 'role', 'groups']) + written.join('')
}
