import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { HubError } from '../kernel/errors.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import { type Db, transaction } from '../store/database.ts'
import { avatarReply, changeAvatar, messageOf } from '../users/avatars/avatars.ts'
import { encodePicture } from '../users/avatars/picture.ts'
import { lockOrg } from './store.ts'

type Organizations = typeof api.organizations
type Changed = ResultOf<Organizations['setOrganizationAvatar']>

/** Answers the address of an organization's picture, or leads there. */
export async function organizationAvatar(
  _db: Db,
  permit: Permit<'org.view'>,
  { redirect }: InputOf<Organizations['organizationAvatar']>,
  links: Links,
): Promise<ResultOf<Organizations['organizationAvatar']>> {
  return avatarReply(links, permit.org.name, redirect)
}

/** Replaces the picture of an organization. */
export async function setOrganizationAvatar(
  db: Db,
  permit: Permit<'org.update'>,
  { image }: InputOf<Organizations['setOrganizationAvatar']>,
  links: Links,
): Promise<Changed> {
  return change(db, permit, links, await encodePicture(image))
}

/** Removes the picture of an organization: the initials are shown again. */
export async function deleteOrganizationAvatar(
  db: Db,
  permit: Permit<'org.update'>,
  _input: unknown,
  links: Links,
): Promise<Changed> {
  return change(db, permit, links, undefined)
}

async function change(db: Db, permit: Permit<'org.update'>, links: Links, image: Buffer | undefined): Promise<Changed> {
  const { id: orgId } = permit.org
  const name = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockOrg(tx, orgId)
    if (row === undefined) throw new HubError('NotFound', 'Organization not found')
    const data = await changeAvatar(tx, { orgId }, image)
    const message = messageOf('the organization’s', image)
    if (data !== undefined) await record(tx, permit, { type: 'org.settings.profile', message, data })
    return row.name
  })
  return { avatarUrl: avatarUrl(links, name) }
}
