import type { ScimBase } from '../../api/scim.ts'
import type { Links } from '../mail/links.ts'
import { locationOf } from './base.ts'
import type { GroupRow } from './groups-store.ts'
import type { UserRow } from './users-store.ts'

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** Where a resource is told to be. */
export interface Place {
  org: string
  base: ScimBase
}

/** A user as identity providers read it; the name that they sent, or that of the account. */
export function userReply(row: UserRow, links: Links, place: Place) {
  const [first = '', ...others] = row.fullname.split(' ')
  const isNamed = row.given_name + row.family_name !== ''
  const [givenName, familyName] = isNamed ? [row.given_name, row.family_name] : [first, others.join(' ')]
  return {
    schemas: [userSchema],
    id: row.id,
    externalId: row.external_id,
    userName: row.user_name,
    displayName: row.user_name,
    name: { givenName, familyName, formatted: `${givenName} ${familyName}`.trim() },
    emails: [{ value: row.email, primary: true, type: 'work' as const }],
    active: row.active,
    meta: { resourceType: 'User', location: locationOf(links, place, `/Users/${row.id}`) },
  }
}

/** A user as the audit log keeps it. */
export function userData(row: UserRow): Record<string, unknown> {
  return {
    user: { _id: row.user_id, user: row.account },
    scimId: row.id,
    userName: row.user_name,
    externalId: row.external_id,
    active: row.active,
  }
}

/** A group as identity providers read it; without its members where they are not asked for. */
export function groupReply(row: GroupRow, links: Links, place: Place) {
  return {
    schemas: [groupSchema],
    id: row.id,
    externalId: row.external_id,
    displayName: row.display_name,
    ...(row.members !== null && { members: row.members.map((value) => ({ value })) }),
    meta: { resourceType: 'Group', location: locationOf(links, place, `/Groups/${row.id}`) },
  }
}
