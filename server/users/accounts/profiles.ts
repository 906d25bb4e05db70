import type * as api from '../../../api/index.ts'
import type { ResultOf } from '../../../api/index.ts'
import { readerOf } from '../../access/lists.ts'
import type { Permit } from '../../access/permit.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { getSubject } from './accounts.ts'
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
