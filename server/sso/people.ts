import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { isAdminRole } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import { markExternal } from '../members/membership/external.ts'
import { guardAdmins } from '../orgs/admins.ts'
import { type Db, transaction } from '../store/database.ts'
import { findBreakGlassAdmins } from './break-glass-store.ts'
import * as store from './people-store.ts'

type Sso = typeof api.sso

/** Tells whether an organization uses SSO, and how the caller stands there in this browser. */
export async function getSsoEntrance(
  db: Db,
  permit: Permit<'sso.viewEntrance'>,
  _input: InputOf<Sso['getSsoEntrance']>,
  links: Links,
): Promise<ResultOf<Sso['getSsoEntrance']>> {
  const { org, facts } = permit
  const actor = facts.actor
  const sessionId = actor?.session?.id
  const session =
    sessionId === undefined ? undefined : await store.findOwnSession(db, { orgId: org.id, sessionId, at: now() })
  const until = session?.expiresAt.toISOString() ?? null
  const isKeptOut = org.standing?.withheld.includes('sso') === true && isAdminRole(org.standing.role)
  const admins = isKeptOut ? await findBreakGlassAdmins(db, org.id) : []
  return {
    ...{
      organization: org.name,
      fullname: org.fullname,
      avatarUrl: avatarUrl(links, org.name),
      mode: org.ssoMode,
      managed: org.isManaged,
    },
    isMember: actor === undefined ? null : org.standing !== undefined && !org.standing.withheld.includes('expired'),
    sessionUntil: session?.isBreakGlass ? null : until,
    breakGlassUntil: session?.isBreakGlass ? until : null,
    canBreakGlass: isKeptOut,
    needsCode: !admins.some(({ userId }) => userId === actor?.id),
  }
}

/** Lists the identities that are linked to members. */
export async function listSsoIdentities(
  db: Db,
  permit: Permit<'sso.view'>,
  { cursor = '', limit }: InputOf<Sso['listSsoIdentities']>,
): Promise<ResultOf<Sso['listSsoIdentities']>> {
  const rows = await store.listIdentities(db, { orgId: permit.org.id, after: cursor, limit: limit + 1, at: now() })
  const items = rows.slice(0, limit)
  return {
    items: items.map(({ userId: _, linkedAt, lastUsedAt, ...row }) => ({
      ...row,
      linkedAt: linkedAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
    })),
    next: rows.length > limit ? items.at(-1)?.userId : undefined,
  }
}

/** Unlinks the identity of a member, and ends their SSO sessions. */
export async function unlinkSsoIdentity(
  db: Db,
  permit: Permit<'sso.unlink'>,
  _input: InputOf<Sso['unlinkSsoIdentity']>,
): Promise<ResultOf<Sso['unlinkSsoIdentity']>> {
  const { org, subject } = permit
  await transaction(db, async (tx) => {
    const { facts } = await recheck(tx, permit, { members: [subject.id] })
    if (!(await guardAdmins(tx, facts, org, () => store.unlink(tx, org.id, subject.id))))
      throw new HubError('NotFound', `${subject.name} has no linked identity.`)
    const data = { user: { _id: subject.id, user: subject.name } }
    await record(tx, permit, { type: 'org.sso_unlink', message: `unlinked the SSO identity of ${subject.name}`, data })
  })
  return { success: true }
}

/** Lets a member skip SSO, or ends that. */
export async function setExternal(
  db: Db,
  permit: Permit<'sso.setExternal'>,
  { isExternalCollaborator }: InputOf<Sso['setExternal']>,
): Promise<ResultOf<Sso['setExternal']>> {
  const { org, subject } = permit
  await transaction(db, async (tx) => {
    const { facts } = await recheck(tx, permit, { members: [subject.id], requirements: true })
    const mark = () => markExternal(tx, { orgId: org.id, userId: subject.id }, isExternalCollaborator)
    if (!(await guardAdmins(tx, facts, org, mark))) return
    const words = isExternalCollaborator
      ? `let ${subject.name} skip SSO as an external collaborator`
      : `required SSO of ${subject.name} again`
    const data = { user: { _id: subject.id, user: subject.name }, isExternalCollaborator }
    await record(tx, permit, { type: 'org.update_member', message: words, data })
  })
  return { success: true }
}

/** Ends all SSO sessions of the caller in an organization. */
export async function signOutOfSso(
  db: Db,
  permit: Permit<'sso.signOut'>,
  _input: InputOf<Sso['signOutOfSso']>,
): Promise<ResultOf<Sso['signOutOfSso']>> {
  return transaction(db, async (tx) => {
    // With the membership for itself: their sign-ins and changes in other browsers come before or after
    const { org, actor } = await recheck(tx, permit, { members: [permit.actor.id] })
    const ended = await store.endOwnSessions(tx, org.id, actor.id)
    if (ended === 0) return { ended }
    const data = { user: { _id: actor.id, user: actor.name }, ended }
    await record(tx, permit, { type: 'org.sso_logout', message: 'signed out of SSO', data, scope: org.id })
    return { ended }
  })
}

/** Lists the caller's linked identities. */
export async function listMySso(db: Db, permit: Permit<'account.listSso'>): Promise<ResultOf<Sso['listMySso']>> {
  const { actor } = permit
  const rows = await store.listOwn(db, { userId: actor.id, sessionId: actor.session?.id ?? null, at: now() })
  return rows.map(({ linkedAt, lastUsedAt, sessionUntil, ...row }) => ({
    ...row,
    linkedAt: linkedAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    sessionUntil: sessionUntil?.toISOString() ?? null,
  }))
}
