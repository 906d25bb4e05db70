import { members } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { queryClient } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { type Place, place } from '../../../places.ts'

/** Shows a changed member in the list, without reading the list again. */
export function showMember(record: members.MemberRecord): void {
  patchRows<members.Member>(members.listMembers, (row) => (row._id === record._id ? changed(row, record) : row))
}

/** Removes a former member from the list. */
export function dropMember(user: string): void {
  patchRows<members.Member>(members.listMembers, (row) => (row.user === user ? undefined : row))
  queryClient.removeQueries({ queryKey: [members.getMember.path] })
}

/** Where the panel of a member is open. */
export function memberPage(org: Org): (user: string) => Place {
  return (member) =>
    place({ to: '/organizations/$org/settings/members', params: { org: org.name }, search: { member } })
}

function changed(row: members.Member, record: members.MemberRecord): members.Member {
  const counts = new Map(row.resourceGroups?.map(({ id, numUsers }) => [id, numUsers]))
  const resourceGroups = record.groups.map(({ id, name, role }) => ({ id, name, role, numUsers: counts.get(id) ?? 1 }))
  const { role, may, mayGrant } = record
  return { ...row, role, resourceGroups, may, mayGrant }
}
