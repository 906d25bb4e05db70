import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { minuteOf, now } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { queueMail } from '../../mail/queue.ts'
import { refuseToOffer } from '../../members/membership/rejoin-blocks.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import { mailAddressOf } from '../../users/addresses/mail-address.ts'
import { repoIsGone } from '../registry/rules.ts'
import { lockRepoRow } from '../registry/store.ts'
import { grantMail } from './collaborators-mail.ts'
import * as store from './collaborators-store.ts'

type Collaborators = typeof api.collaborators
type SetInput = InputOf<Collaborators['setCollaborator']>
type Grant = Pick<store.GrantRow, 'role' | 'expires_at'>

/** Lists who holds a grant on the repository, by user name. */
export async function listCollaborators(
  db: Db,
  permit: Permit<'collaborator.list'>,
  input: InputOf<Collaborators['listCollaborators']>,
  links: Links,
): Promise<ResultOf<Collaborators['listCollaborators']>> {
  const after = input.cursor === undefined ? undefined : decodeCursor(input.cursor, 1)[0]
  const rows = await store.listGrantRows(db, permit.repo.id, { after, most: input.limit + 1 })
  const page = pageOf(rows, input.limit, ({ user }) => [user.toLowerCase()])
  return { items: page.items.map((row) => collaboratorReply(row, links)), next: page.next }
}

/** Shows the grant of one person; `404` when there is none, or no one of this name. */
export async function getCollaborator(
  db: Db,
  permit: Permit<'collaborator.list'>,
  _input: InputOf<Collaborators['getCollaborator']>,
  links: Links,
): Promise<ResultOf<Collaborators['getCollaborator']>> {
  const { subject } = permit.facts
  const row = subject && (await store.findGrant(db, { repoId: permit.repo.id, userId: subject.id }))
  if (row === undefined) throw noCollaborator()
  return collaboratorReply(row, links)
}

/**
 * Gives someone a grant on the repository, or changes the one they have; an expiry that is left out stays as it is.
 * The person is told by mail.
 */
export async function setCollaborator(
  db: Db,
  permit: Permit<'collaborator.set'>,
  input: SetInput,
  links: Links,
): Promise<ResultOf<Collaborators['setCollaborator']>> {
  const { subject } = permit.facts
  if (subject === undefined) throw new HubError('NotFound', 'No account with this username.')
  if (input.expiresAt && new Date(input.expiresAt) <= now()) throw badField('expiresAt', 'must be in the future')
  return transaction(db, async (tx) => {
    if (permit.org !== undefined) await refuseToOffer(tx, permit.org.id, subject)
    await recheck(tx, permit)
    const repo = await lockRepoRow(tx, permit.repo.id)
    if (repo === undefined) throw repoIsGone()
    if (repo.user_id === subject.id) throw badField('username', 'owns the repository and already has access')
    // It may have moved into another organization just before
    if (repo.org_id !== null && repo.org_id !== permit.org?.id) await refuseToOffer(tx, repo.org_id, subject)
    const key = { repoId: repo.id, userId: subject.id }
    const before = await store.findGrant(tx, key)
    const wanted = wantedGrant(input, before)
    if (before !== undefined && isSame(before, wanted)) return collaboratorReply(before, links)
    await putInTime(tx, key, { role: wanted.role, expiresAt: wanted.expires_at, addedBy: permit.actor.name }, before)
    await tellPerson(tx, permit, subject.id, wanted)
    const after = await store.findGrant(tx, key)
    if (after === undefined) throw new HubError('NotFound', 'No account with this username.')
    await recordChange(tx, permit, { user: subject, before, after: wanted, orgId: repo.org_id })
    return collaboratorReply(after, links)
  })
}

// A row past its end is no grant any more: what is given now begins now.
async function putInTime(
  tx: Tx,
  key: store.GrantKey,
  grant: Parameters<typeof store.putGrant>[2],
  before: Grant | undefined,
): Promise<void> {
  if (before === undefined) await store.deleteGrant(tx, key)
  await store.putGrant(tx, key, grant)
}

function wantedGrant({ role, expiresAt }: SetInput, before: Grant | undefined): Grant {
  if (expiresAt === undefined) return { role, expires_at: before?.expires_at ?? null }
  return { role, expires_at: expiresAt === null ? null : new Date(expiresAt) }
}

function isSame(before: Grant, after: Grant): boolean {
  return before.role === after.role && before.expires_at?.getTime() === after.expires_at?.getTime()
}

async function tellPerson(tx: Tx, permit: Permit<'collaborator.set'>, userId: string, grant: Grant): Promise<void> {
  const to = await mailAddressOf(tx, userId)
  if (to === undefined || userId === permit.actor.id) return
  const { role, expires_at: expiresAt } = grant
  await queueMail(tx, permit, grantMail(permit, { to, by: permit.actor.name, role, expiresAt }))
}

/** Ends the grant of one person; who holds it may give it up. */
export async function removeCollaborator(
  db: Db,
  permit: Permit<'collaborator.remove'>,
  _input: InputOf<Collaborators['removeCollaborator']>,
): Promise<ResultOf<Collaborators['removeCollaborator']>> {
  const { subject } = permit.facts
  if (subject === undefined) throw noCollaborator()
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    const key = { repoId: permit.repo.id, userId: subject.id }
    const repo = await lockRepoRow(tx, permit.repo.id)
    if (repo === undefined) throw repoIsGone()
    const before = await store.findGrant(tx, key)
    if (before === undefined) throw noCollaborator()
    await store.deleteGrant(tx, key)
    await recordChange(tx, permit, { user: subject, before, after: undefined, orgId: repo.org_id })
    return { success: true }
  })
}

function noCollaborator(): HubError {
  return new HubError('NotFound', 'No collaborator with this username.')
}

interface Change {
  user: { id: string; name: string }
  before: Grant | undefined
  after: Grant | undefined
  orgId: string | null
}

async function recordChange(
  tx: Tx,
  permit: Permit<'collaborator.set'> | Permit<'collaborator.remove'>,
  { user, before, after, orgId }: Change,
): Promise<void> {
  const { type, namespace, name, id } = permit.repo
  const fullName = `${namespace}/${name}`
  const data = { repo: { id, type, name: fullName }, user: { _id: user.id, user: user.name } }
  await record(tx, permit, {
    ...eventWords(user.name, `the ${type} ${fullName}`, before, after),
    data: { ...data, before: shown(before), after: shown(after) },
    scope: orgId ?? 'instance',
  })
}

function eventWords(user: string, where: string, before: Grant | undefined, after: Grant | undefined) {
  if (after === undefined)
    return { type: 'repo.remove_collaborator', message: `removed ${user} as a collaborator on ${where}` }
  const until = after.expires_at ? ` until ${minuteOf(after.expires_at)}` : ''
  return before === undefined
    ? { type: 'repo.add_collaborator', message: `gave ${user} ${after.role} access to ${where}${until}` }
    : {
        type: 'repo.update_collaborator',
        message: `changed the access of ${user} to ${where} to ${after.role}${until}`,
      }
}

function shown(grant: Grant | undefined) {
  return grant === undefined ? null : { role: grant.role, expiresAt: grant.expires_at?.toISOString() ?? null }
}

/** Lists every grant on a repository of the organization, by user name. */
export async function listOrganizationCollaborators(
  db: Db,
  permit: Permit<'collaborator.listOrg'>,
  input: InputOf<Collaborators['listOrganizationCollaborators']>,
  links: Links,
): Promise<ResultOf<Collaborators['listOrganizationCollaborators']>> {
  const rows = await store.listOrgGrantRows(db, {
    orgId: permit.org.id,
    search: input.search,
    onlyExternal: input.external === true,
    after: input.cursor === undefined ? undefined : decodeCursor(input.cursor, 2),
    most: input.limit + 1,
  })
  const page = pageOf(rows, input.limit, (row) => [row.user.toLowerCase(), row.repo_id])
  const items = page.items.map((row) => ({
    ...collaboratorReply(row, links),
    repo: { id: `${permit.org.name}/${row.repo}`, type: row.type, private: row.private },
  }))
  return { items, next: page.next }
}

function collaboratorReply(row: store.GrantRow, links: Links): api.collaborators.Collaborator {
  return {
    _id: row.user_id,
    user: row.user,
    fullname: row.fullname,
    avatarUrl: avatarUrl(links, row.user),
    role: row.role,
    expiresAt: row.expires_at?.toISOString() ?? null,
    addedAt: row.added_at.toISOString(),
    addedBy: row.added_by,
    isMember: row.is_member,
  }
}
