import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { now } from '../kernel/clock.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import * as store from './lists-store.ts'

type Api = typeof api.scimSettings
type ViewPermit = Permit<'scim.view'>

function placeOf(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : decodeCursor(cursor, 1)[0]
}

/** Lists provisioned users as admins see them. */
export async function listProvisionedUsers(
  db: Db,
  { org }: ViewPermit,
  { search, cursor, limit }: InputOf<Api['listProvisionedUsers']>,
  links: Links,
): Promise<ResultOf<Api['listProvisionedUsers']>> {
  const asked = { orgId: org.id, search, after: placeOf(cursor), limit: limit + 1 }
  const page = pageOf(await store.listProvisioned(db, asked, now()), limit, ({ id }) => [id])
  const items = page.items.map(({ id, user_name: userName, user, fullname, is_member, is_invited, groups }) => {
    const active = is_member || is_invited
    const isInvited = is_invited && !is_member
    return { id, userName, user, fullname, avatarUrl: avatarUrl(links, user), active, isInvited, groups }
  })
  return { items, next: page.next }
}

/** Lists SCIM groups and their links. */
export async function listProvisionedGroups(
  db: Db,
  { org }: ViewPermit,
  { search, cursor, limit }: InputOf<Api['listProvisionedGroups']>,
): Promise<ResultOf<Api['listProvisionedGroups']>> {
  const asked = { orgId: org.id, search, after: placeOf(cursor), limit: limit + 1 }
  const page = pageOf(await store.listProvisionedGroupRows(db, asked), limit, ({ id }) => [id])
  const items = page.items.map(({ id, display_name: displayName, members, links }) => {
    return { id, displayName, members, links }
  })
  return { items, next: page.next }
}

/** Lists what the identity provider asked for last, and the errors that it got. */
export async function listScimOperations(
  db: Db,
  { org }: ViewPermit,
  { cursor, limit, errors = false }: InputOf<Api['listScimOperations']>,
): Promise<ResultOf<Api['listScimOperations']>> {
  const asked = { orgId: org.id, before: placeOf(cursor), errors, limit: limit + 1 }
  const page = pageOf(await store.listOperationRows(db, asked), limit, ({ id }) => [id])
  return { items: page.items.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })), next: page.next }
}
