import { members } from '../../../../api/index.ts'
import { orgSettingsAddress } from '../../../addresses.ts'
import { patchRows } from '../../../endless.ts'
import { queryClient } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'

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
export function memberAddress(org: Org): (user: string) => string {
  return (user) => `${orgSettingsAddress(org.name, 'members')}?member=${encodeURIComponent(user)}`
}

function changed(row: members.Member, record: members.MemberRecord): members.Member {
  const counts = new Map(row.resourceGroups?.map(({ id, numUsers }) => [id, numUsers]))
  const resourceGroups = record.groups.map(({ id, name, role }) => ({ id, name, role, numUsers: counts.get(id) ?? 1 }))
  const { role, may, mayGrant } = record
  return { ...row, role, resourceGroups, may, mayGrant }
}
