import type * as api from '../../../api/index.ts'
import type { Content, InputOf, ResultOf } from '../../../api/index.ts'
import { readerOf } from '../../access/lists.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { findNamed } from '../names/name-store.ts'
import { lowerName } from '../names/names.ts'
import { getSubject } from './accounts.ts'
import { portrait } from './avatars.ts'
import { findOverview } from './profile-store.ts'

/** Shows what is public about a person. */
export async function userOverview(
  db: Db,
  permit: Permit<'user.view'>,
  _input: unknown,
  links: Links,
): Promise<ResultOf<typeof api.people.userOverview>> {
  const row = await findOverview(db, getSubject(permit.facts).id, readerOf(permit), now())
  if (row === undefined) throw new HubError('NotFound', 'No account with this username.')
  return {
    _id: row.id,
    user: row.name,
    fullname: row.fullname,
    avatarUrl: avatarUrl(links, row.name),
    isPro: false,
    type: 'user',
    ...(row.details !== '' && { details: row.details }),
    numModels: row.models,
    numDatasets: row.datasets,
    numSpaces: row.spaces,
    numDiscussions: 0,
    numPapers: 0,
    numUpvotes: 0,
    numLikes: 0,
    numFollowers: 0,
    numFollowing: 0,
    isFollowing: false,
    createdAt: row.created_at.toISOString(),
    orgs: row.orgs.map((org) => ({ ...org, avatarUrl: avatarUrl(links, org.name) })),
  }
}

/** Answers that no handles of the person elsewhere are kept here. */
export async function userSocials(
  _db: Db,
  permit: Permit<'user.view'>,
): Promise<ResultOf<typeof api.people.userSocials>> {
  const { id, name } = getSubject(permit.facts)
  return { _id: id, user: name, socialHandles: {} }
}

/** Answers an empty list: followers are not kept here. */
export async function userFollowers(
  _db: Db,
  permit: Permit<'user.view'>,
): Promise<ResultOf<typeof api.people.userFollowers>> {
  getSubject(permit.facts)
  return []
}

/** Answers an empty list: who a person follows is not kept here. */
export async function userFollowing(
  _db: Db,
  permit: Permit<'user.view'>,
): Promise<ResultOf<typeof api.people.userFollowing>> {
  getSubject(permit.facts)
  return []
}

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

/** Draws the picture of a person or an organization. */
export async function namespaceAvatar(
  db: Db,
  _permit: Permit<'namespace.view'>,
  { namespace }: InputOf<typeof api.people.namespaceAvatar>,
): Promise<ResultOf<typeof api.people.namespaceAvatar>> {
  const found = await findNamed(db, lowerName(namespace))
  if (found === undefined) throw new HubError('NotFound', 'No user or organization with this name.')
  return { contentType: 'image/svg+xml; charset=utf-8', body: portrait(found.name, found.fullname) }
}
