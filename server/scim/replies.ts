import type { ScimBase } from '../../api/scim.ts'
import type { Links } from '../mail/links.ts'
import { locationOf } from './base.ts'
import type { GroupRow } from './groups-store.ts'
import { listOf, type PageWish, type Projection, pageAsked, projected } from './protocol/body.ts'
import type { UserRow } from './users-store.ts'

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** Where a resource is told to be. */
export interface Place {
  org: string
  base: ScimBase
}

type Replied = { schemas: string[]; id: string; meta: { location: string } }

/** How rows of one kind are told to a request: as what, and where they are. */
export interface Telling<Row, Reply extends Replied> {
  make: (row: Row, links: Links, place: Place) => Reply
  links: Links
  place: Place
}

/** A user, or a group, with the attributes that are asked for. */
export function toldAs<Row, Reply extends Replied>(
  { make, links, place }: Telling<Row, Reply>,
  row: Row,
  projection: Projection,
) {
  return projected(make(row, links, place), projection)
}

/** The same, as the answer to its creation: with its place in a header. */
export function toldAsCreated<Row, Reply extends Replied>(
  { make, links, place }: Telling<Row, Reply>,
  row: Row,
  projection: Projection,
) {
  const reply = make(row, links, place)
  return { reply: projected(reply, projection), headers: { Location: reply.meta.location } }
}

/** A page of users or groups; what there is in all is counted only where the page does not tell. */
export async function toldAsPage<Row, Reply extends Replied>(
  telling: Telling<Row, Reply>,
  input: Projection & PageWish,
  find: {
    rows: (page: { startIndex: number; count: number }) => Promise<readonly Row[]>
    total: () => Promise<number>
  },
) {
  const page = pageAsked(input)
  const rows = page.count === 0 ? [] : await find.rows(page)
  const isAll = page.startIndex === 1 && rows.length < page.count
  const total = isAll ? rows.length : await find.total()
  return listOf(
    rows.map((row) => toldAs(telling, row, input)),
    total,
    page.startIndex,
  )
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
