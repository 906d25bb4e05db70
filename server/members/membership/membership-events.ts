import type { NewEvent } from '../../audit/record.ts'
import { mapPaced } from '../../kernel/pace.ts'
import { groupsAfter, highestByGroup, loggedGroups } from './group-plan.ts'
import { type LeaveStep, type Step, sameTime, type UpdateStep } from './membership-steps.ts'

/** What the log keeps of members who were changed or removed: one event each, however many there are at once. */
export async function memberEvents(steps: readonly Step[]): Promise<NewEvent[]> {
  const events = await mapPaced(steps, (step) => {
    if (step.kind === 'leave') return [removalEvent(step)]
    return step.kind === 'update' ? [updateEvent(step)] : []
  })
  return events.flat()
}

function updateEvent(step: UpdateStep): NewEvent {
  const { person, member, role, expiresAt, groups, source, joined } = step
  const aboutGroups = groups.removed.length + groups.put.length > 0
  return {
    type: member.role === role && !aboutGroups ? 'org.update_member' : 'org.change_role',
    message: `changed ${changedWords(step)}`,
    data: {
      user: { _id: person.id, user: person.name },
      before: { role: member.role, expiresAt: member.expiresAt, resourceGroups: loggedGroups(member.rows) },
      after: { role, expiresAt, resourceGroups: groupsAfter(member.rows, { ...groups, source }, joined) },
    },
  }
}

/** What changes about a member, in words. */
export function changedWords({ person, member, role, expiresAt, groups }: Omit<UpdateStep, 'joined'>): string {
  const { name } = person
  const named = [...groups.removed, ...groups.put].map((group) => group.name)
  const words: string[] = []
  if (member.role !== role) words.push(`the role of ${name} from ${member.role} to ${role}`)
  if (named.length > 0) words.push(`the roles of ${name} in ${groupWords(named)}`)
  if (!sameTime(member.expiresAt, expiresAt))
    words.push(`the membership end date of ${name} to ${expiresAt?.toISOString() ?? 'never'}`)
  return words.join(' and ')
}

function groupWords(names: string[]): string {
  const most = 5
  if (names.length <= most) return names.join(', ')
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more resource groups`
}

function removalEvent(step: LeaveStep): NewEvent {
  return { type: 'org.remove_user', message: `removed ${step.person.name}`, data: leaveData(step) }
}

/** What the log keeps of a membership that ended. */
export function leaveData({ person, member }: LeaveStep): Record<string, unknown> {
  const before = { role: member.role, source: member.source, resourceGroups: highestByGroup(member.rows) }
  return { user: { _id: person.id, user: person.name }, before, after: null }
}
