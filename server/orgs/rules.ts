import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { readableBy } from '../access/lists.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { HubError } from '../kernel/errors.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { checkName, renameTo, takeName } from '../users/names/names.ts'
import { organizationReply, readOrganization, seesMembers } from './reply.ts'
import {
  countMembers,
  countOfOpenSignUp,
  countRepos,
  insertOrganization,
  type LockedOrg,
  lockOrg,
  type NewOrganization,
  type Profile,
  updateProfile,
} from './store.ts'

type Organizations = typeof api.organizations

/** Writes a new organization and takes its name; it has no members yet. */
export async function foundOrganization(tx: Tx, org: NewOrganization): Promise<void> {
  checkName('name', org.name)
  await insertOrganization(tx, org)
  await takeName(tx, { name: org.name, orgId: org.id })
}

/** Each of its organizations has a storage limit of its own. */
const mostOfOpenSignUp = 5

/** Refuses one more organization to an account from open sign-up that has many. Lock the account first. */
export async function refuseTooManyOf(tx: Tx, userId: string): Promise<void> {
  if ((await countOfOpenSignUp(tx, userId)) < mostOfOpenSignUp) return
  throw new HubError(
    'Forbidden',
    `You have created ${mostOfOpenSignUp} organizations. To create more, ask a site admin.`,
  )
}

/** Shows an organization, the caller's role in it and what they may do there. */
export async function getOrganization(
  db: Db,
  permit: Permit<'org.view'>,
  _input: InputOf<Organizations['getOrganization']>,
  links: Links,
): Promise<ResultOf<Organizations['getOrganization']>> {
  return organizationReply(db, permit, links)
}

/** Changes the profile or the name; a request that changes nothing records nothing. */
export async function updateOrganization(
  db: Db,
  permit: Permit<'org.update'>,
  input: InputOf<Organizations['updateOrganization']>,
  links: Links,
): Promise<ResultOf<Organizations['updateOrganization']>> {
  const name = await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const row = await lockOrg(tx, permit.org.id)
    if (row === undefined) throw new HubError('NotFound', 'Organization not found')
    const before = profileOf(row)
    const after = { ...before, ...withoutUndefined(input) }
    if (after.fullname === '') after.fullname = after.name
    if (JSON.stringify(before) === JSON.stringify(after)) return before.name
    const isRename = after.name !== before.name
    if (isRename) {
      checkName('name', after.name)
      await renameTo(tx, { name: after.name, orgId: row.id })
    }
    await updateProfile(tx, row.id, after)
    const message = isRename
      ? `renamed the organization from ${before.name} to ${after.name}`
      : 'changed the profile of the organization'
    await record(tx, permit, {
      type: isRename ? 'org.rename' : 'org.settings.profile',
      message,
      data: { before, after },
    })
    return after.name
  })
  return readOrganization(db, permit, name, links)
}

function profileOf({ name, fullname, details, website }: LockedOrg): Profile {
  return { name, fullname, details, website }
}

function withoutUndefined({
  name,
  fullname,
  details,
  website,
}: InputOf<Organizations['updateOrganization']>): Partial<Profile> {
  return {
    ...(name !== undefined && { name }),
    ...(fullname !== undefined && { fullname }),
    ...(details !== undefined && { details }),
    ...(website !== undefined && { website }),
  }
}

/** Shows what is public about an organization. Repositories are counted as the caller may read them. */
export async function organizationOverview(
  db: Db,
  permit: Permit<'org.view'>,
  _input: InputOf<Organizations['organizationOverview']>,
  links: Links,
): Promise<ResultOf<Organizations['organizationOverview']>> {
  const { org } = permit
  const [repos, numUsers] = await Promise.all([
    countRepos(db, org.id, readableBy(permit)),
    seesMembers(org) ? countMembers(db, org.id) : undefined,
  ])
  return {
    _id: org.id,
    avatarUrl: avatarUrl(links, org.name),
    name: org.name,
    fullname: org.fullname,
    ...(org.details !== '' && { details: org.details }),
    isVerified: org.isVerified,
    isFollowing: false,
    ...(numUsers !== undefined && { numUsers }),
    numModels: repos.model,
    numSpaces: repos.space,
    numDatasets: repos.dataset,
    numFollowers: 0,
    ...(org.plan !== 'free' && { plan: org.plan }),
  }
}

/** Followers are not kept: no one follows. */
export async function organizationFollowers(
  _db: Db,
  _permit: Permit<'org.view'>,
  _input: InputOf<Organizations['organizationFollowers']>,
): Promise<ResultOf<Organizations['organizationFollowers']>> {
  return []
}

/** Handles elsewhere are not kept. */
export async function organizationSocials(
  _db: Db,
  permit: Permit<'org.view'>,
  _input: InputOf<Organizations['organizationSocials']>,
): Promise<ResultOf<Organizations['organizationSocials']>> {
  return { _id: permit.org.id, org: permit.org.name, socialHandles: {} }
}
