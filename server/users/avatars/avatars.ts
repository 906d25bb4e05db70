import { createHash } from 'node:crypto'
import type * as api from '../../../api/index.ts'
import type { Content, InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { HubError } from '../../kernel/errors.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { getSubject, ownId } from '../accounts/accounts.ts'
import { lowerName, type NameHolder } from '../names/names.ts'
import { deleteAvatar, findPictured, insertAvatar, listPictured } from './avatar-store.ts'
import { portrait } from './initials.ts'
import { encodePicture } from './picture.ts'

/** Answers the address of a person's picture, or leads there. */
export async function userAvatar(
  _db: Db,
  permit: Permit<'user.view'>,
  { redirect }: InputOf<typeof api.people.userAvatar>,
  links: Links,
): Promise<ResultOf<typeof api.people.userAvatar>> {
  return avatarReply(links, getSubject(permit.facts).name, redirect)
}

/** Leads to a picture, tells where it is, or does what suits the one who asks. */
export function avatarReply(links: Links, name: string, redirect: boolean | undefined): Content<{ avatarUrl: string }> {
  const location = avatarUrl(links, name)
  if (redirect === true) return { location }
  return { json: { avatarUrl: location }, ...(redirect === undefined && { image: location }) }
}

/** Answers the picture of a person or an organization: the uploaded one, or their initials. */
export async function namespaceAvatar(
  db: Db,
  _permit: Permit<'namespace.view'>,
  { namespace }: InputOf<typeof api.people.namespaceAvatar>,
): Promise<ResultOf<typeof api.people.namespaceAvatar>> {
  const found = await findPictured(db, lowerName(namespace))
  if (found === undefined) throw new HubError('NotFound', 'No user or organization with this name.')
  const { name, fullname, image, hash } = found
  if (image !== null && hash !== null) return { contentType: 'image/webp', body: image, etag: tagOf(hash) }
  const drawn = portrait(name, fullname)
  return { contentType: 'image/svg+xml; charset=utf-8', body: drawn, etag: tagOf(hashOf(drawn)) }
}

/** Lists which of some people and organizations have an uploaded picture: only those need be fetched. */
export async function listPictures(
  db: Db,
  _permit: Permit<'namespace.view'>,
  { names }: InputOf<typeof api.people.listPictures>,
): Promise<ResultOf<typeof api.people.listPictures>> {
  const rows = await listPictured(db, names.map(lowerName))
  return rows.map(({ name, hash }) => ({ name, version: versionOf(hash) }))
}

const tagLength = 32

function hashOf(content: Buffer | string): Buffer {
  return createHash('sha256').update(content).digest()
}

function tagOf(hash: Buffer): string {
  return `"${versionOf(hash)}"`
}

function versionOf(hash: Buffer): string {
  return hash.toString('hex').slice(0, tagLength)
}

/** Replaces the picture of the caller's account. */
export async function setOwnAvatar(
  db: Db,
  permit: Permit<'account.update'>,
  { image }: InputOf<typeof api.users.setAvatar>,
  links: Links,
): Promise<ResultOf<typeof api.users.setAvatar>> {
  return changeOwn(db, permit, links, await encodePicture(image))
}

/** Removes the picture of the caller's account: the initials are shown again. */
export async function deleteOwnAvatar(
  db: Db,
  permit: Permit<'account.update'>,
  _input: unknown,
  links: Links,
): Promise<ResultOf<typeof api.users.deleteAvatar>> {
  return changeOwn(db, permit, links, undefined)
}

async function changeOwn(db: Db, permit: Permit<'account.update'>, links: Links, image: Buffer | undefined) {
  const userId = ownId(permit)
  await transaction(db, async (tx) => {
    await recheck(tx, permit, { accounts: [userId] })
    const data = await changeAvatar(tx, { userId }, image)
    if (data === undefined) return
    await record(tx, permit, { type: 'user.update', message: messageOf('their', image), data })
  })
  return { avatarUrl: avatarUrl(links, permit.actor.name) }
}

/** How an event says that a picture was changed, or removed. */
export function messageOf(whose: string, image: Buffer | undefined): string {
  return `${image === undefined ? 'removed' : 'changed'} ${whose} picture`
}

/** Replaces or removes the picture of an account or an organization, which is locked; answers what an event says of it, or undefined where nothing changed. */
export async function changeAvatar(tx: Tx, of: NameHolder, image: Buffer | undefined) {
  const hash = image === undefined ? null : hashOf(image)
  const before = await deleteAvatar(tx, of)
  if (image !== undefined && hash !== null) await insertAvatar(tx, of, { image, hash })
  const named = (known: Buffer | null) => ({ picture: known?.toString('hex') ?? null })
  const [was, is] = [named(before), named(hash)]
  return was.picture === is.picture ? undefined : { before: was, after: is }
}
