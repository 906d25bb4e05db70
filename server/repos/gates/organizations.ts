import type * as api from '../../../api/index.ts'
import type { gated, InputOf, ResultOf } from '../../../api/index.ts'
import { seesRoles } from '../../access/escalation.ts'
import type { Permit } from '../../access/permit.ts'
import { recheck } from '../../access/recheck.ts'
import { record } from '../../audit/record.ts'
import { minuteOf, now } from '../../kernel/clock.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import { type Db, type Tx, transaction } from '../../store/database.ts'
import * as store from './organizations-store.ts'
import { notGated, personReply } from './reply.ts'

type Gated = typeof api.gated
type Handling = Permit<'gate.handle'>

const mostOrganizations = 100

/** Lists the organizations whose members have access, each with how many they are now. */
export async function listOrganizationAccess(
  db: Db,
  permit: Permit<'gate.review'>,
  _input: unknown,
  links: Links,
): Promise<ResultOf<Gated['listOrganizationAccess']>> {
  const rows = await store.listOrganizationRows(db, permit.repo.id)
  return rows.map((row) => replyOf(row, links))
}

/** Gives the members of an organization access, or changes which of them have it and until when. */
export async function grantOrganizationAccess(
  db: Db,
  permit: Handling,
  input: InputOf<Gated['grantOrganizationAccess']>,
  links: Links,
): Promise<ResultOf<Gated['grantOrganizationAccess']>> {
  const { grantee, role = null, expiresAt } = input
  if (expiresAt && new Date(expiresAt) <= now()) throw badField('expiresAt', 'must be in the future')
  return transaction(db, async (tx) => {
    const fresh = await recheck(tx, permit)
    if (fresh.repo.gate === undefined) throw notGated()
    const org = await store.findOrganizationNamed(tx, grantee)
    if (org === undefined) throw noOrganization('grantee')
    const before = await store.findOrganizationRow(tx, fresh.repo.id, org.id)
    if (before === undefined && (await store.countOrganizationAccess(tx, fresh.repo.id)) >= mostOrganizations)
      throw new HubError('Conflict', `At most ${mostOrganizations} organizations can have access. Revoke one first.`)
    const until = expiresAt ? new Date(expiresAt) : null
    const written = { id: newId(), orgId: org.id, role, expiresAt: until, grantedById: fresh.actor.id }
    await store.putOrganizationAccess(tx, fresh.repo.id, written)
    const row = await store.findOrganizationRow(tx, fresh.repo.id, org.id)
    if (row === undefined) throw noOrganization()
    await recordChange(tx, fresh, { organization: org.name, before, after: row })
    return replyOf(row, links)
  })
}

/** Revokes the access of an organization. People whose own request was accepted keep theirs. */
export async function revokeOrganizationAccess(
  db: Db,
  permit: Handling,
  { grantee }: InputOf<Gated['revokeOrganizationAccess']>,
): Promise<ResultOf<Gated['revokeOrganizationAccess']>> {
  return transaction(db, async (tx) => {
    const fresh = await recheck(tx, permit)
    const org = await getOrganization(tx, grantee)
    const before = await store.findOrganizationRow(tx, fresh.repo.id, org.id)
    if (before === undefined || !(await store.deleteOrganizationAccess(tx, fresh.repo.id, org.id))) throw noAccess()
    await recordChange(tx, fresh, { organization: org.name, before, after: undefined })
    return { success: true }
  })
}

/** Lists the people who have access by a grant to their organization, unless that hides its members. */
export async function listOrganizationAccessMembers(
  db: Db,
  permit: Permit<'gate.review'>,
  { grantee, cursor, limit }: InputOf<Gated['listOrganizationAccessMembers']>,
  links: Links,
): Promise<ResultOf<Gated['listOrganizationAccessMembers']>> {
  const org = await getOrganization(db, grantee)
  const access = await store.findOrganizationRow(db, permit.repo.id, org.id)
  if (access === undefined) throw noAccess()
  // Only who sees the roles of an organization sees whom one of them selects
  const { org: own } = permit.facts
  const knows = own?.id === org.id && seesRoles(own.role)
  if (access.hides_members && !knows)
    throw new HubError('Forbidden', 'This organization hides its members. You can only see how many have access.')
  if (access.role !== null && !knows)
    throw new HubError(
      'Forbidden',
      'Only members of this organization see its roles. You can only see how many have access.',
    )
  const after = cursor === undefined ? '' : (decodeCursor(cursor, 1)[0] ?? '')
  const rows = await store.listMembersWithAccess(db, { grantId: access.id, after, most: limit + 1 })
  const page = pageOf(rows, limit, ({ id }) => [id])
  return { items: page.items.map((person) => personReply(person, links)), next: page.next }
}

async function getOrganization(db: Db, name: string): Promise<{ id: string; name: string }> {
  const org = await store.findOrganizationNamed(db, name)
  if (org === undefined) throw noOrganization()
  return org
}

function noOrganization(field?: string): HubError {
  const message = 'Organization not found'
  return new HubError('NotFound', message, field === undefined ? {} : { body: { fields: [{ field, message }] } })
}

function noAccess(): HubError {
  return new HubError('NotFound', 'This organization has no access to the repository.')
}

type Row = store.OrganizationRow

async function recordChange(
  tx: Tx,
  permit: Handling,
  { organization, before, after }: { organization: string; before: Row | undefined; after: Row | undefined },
): Promise<void> {
  const { repo, org } = permit
  const fullName = `${repo.namespace}/${repo.name}`
  const where = `the ${repo.type} ${fullName}`
  const shown = (row: Row | undefined) => row && { role: row.role, expiresAt: row.expires_at?.toISOString() ?? null }
  const until = after?.expires_at ? ` until ${minuteOf(after.expires_at)}` : ''
  const who = after?.role
    ? `members of ${organization} with the ${after.role} role or higher`
    : `members of ${organization}`
  await record(tx, permit, {
    type: after === undefined ? 'gated.revoke_organization' : 'gated.grant_organization',
    message:
      after === undefined
        ? `revoked the access of members of ${organization} to ${where}`
        : `gave ${who} access to ${where}${until}`,
    data: {
      repo: { id: repo.id, type: repo.type, name: fullName },
      organization,
      before: shown(before) ?? null,
      after: shown(after) ?? null,
    },
    scope: org?.id ?? 'instance',
  })
}

function replyOf(row: Row, links: Links): gated.OrganizationAccess {
  return {
    id: row.id,
    organization: row.organization,
    fullname: row.fullname,
    avatarUrl: avatarUrl(links, row.organization),
    role: row.role,
    members: row.members,
    grantedBy: row.granted_by,
    grantedAt: row.granted_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
  }
}
