import type { OrgRole } from '../../api/index.ts'
import { systemAuthor } from '../access/author.ts'
import { isAdminRole, mayGrant } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { lockRight, recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { minuteSeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { queueMails } from '../mail/queue.ts'
import { findGroupsNamed } from '../members/membership/groups-named.ts'
import { applyChanges } from '../members/membership/membership.ts'
import type { Update } from '../members/membership/membership-changes.ts'
import { memberEvents } from '../members/membership/membership-events.ts'
import { type HeldMember, lockPeople } from '../members/membership/membership-lock.ts'
import { probationFromNow } from '../members/membership/membership-probation.ts'
import { recoveredBySsoMail } from '../orgs/admin-mails.ts'
import { clearAdminless, countUsableAdminsAfter, findWatchers, lockAdmins } from '../orgs/admins.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { findSsoConfig, type SsoConfig } from './config-store.ts'
import type { Identity } from './identity/identity.ts'
import { judgeAddress, mappedGroups, mappedRole } from './identity/mapping.ts'
import { sessionIdOf } from './session.ts'
import * as store from './sign-in-store.ts'

type SignInPermit = Permit<'sso.signIn'>
type Signing = SignInPermit | Permit<'sso.update'>

/** What a sign-in came to. */
export interface Finished {
  outcome: 'signed_in' | 'joined'
  role: OrgRole
}

/**
 * Completes a sign-in with what the identity provider said, whatever its protocol: matches the address, links the account,
 * sets role and groups by mapping, and begins the SSO session of this browser. One transaction; throws the refusal.
 */
export async function finishSignIn(db: Db, permit: SignInPermit, identity: Identity): Promise<Finished> {
  return transaction(db, async (tx) => {
    const fresh = await recheck(tx, permit, { members: [permit.actor.id] })
    const config = await findSsoConfig(tx, permit.org.id)
    if (config === undefined || config.mode === 'off' || config.issuer !== identity.issuer) throw ssoIsOff(permit)
    const email = await acceptedAddress(tx, fresh, { identity, config })
    await refuseOtherLinks(tx, fresh, identity)
    const signIn = { permit: fresh, identity, config, email }
    const { org, actor } = fresh
    const { members } = await lockPeople(tx, { orgId: org.id, userIds: [actor.id], callerId: '' })
    const member = members.get(actor.id)
    const finished = member === undefined ? await join(tx, signIn) : await refresh(tx, signIn, member)
    await beginSession(tx, signIn)
    await recordSignIn(tx, signIn, finished)
    await noteAdmin(tx, signIn, finished)
    return { outcome: member === undefined ? 'joined' : 'signed_in', role: finished.role }
  })
}

/** The account to which a subject of the identity provider of an organization is linked. */
export async function linkedAccount(db: Db, orgId: string, { issuer, subject }: Identity): Promise<string | undefined> {
  return store.findSubject(db, { orgId, issuer, subject })
}

/** The refusal where an organization has no SSO, or no longer the one that the sign-in began with. */
export function ssoIsOff({ org }: Pick<SignInPermit, 'org'>): HubError {
  return new HubError('Conflict', `${org.name} doesn’t use single sign-on (SSO), or has just changed it. Try again.`)
}

interface SignIn {
  permit: SignInPermit
  identity: Identity
  config: SsoConfig
  email: string
}

async function acceptedAddress(
  db: Db,
  { actor }: Signing,
  { identity, config }: Pick<SignIn, 'identity' | 'config'>,
): Promise<string> {
  const { email, problem } = judgeAddress(identity, config)
  if (email === undefined || problem !== undefined) throw new HubError('Forbidden', problem ?? 'No email address.')
  if (!(await store.hasVerified(db, actor.id, email)))
    throw new HubError('Forbidden', foreignAddress(actor.name, email))
  return email
}

/** Why an account does not match the address that the identity provider sent. */
export function foreignAddress(user: string, email: string): string {
  return `You signed in to the identity provider as ${email}, but your account ${user} doesn’t have this verified email address. Add and verify it under Settings → Account, or sign in to the identity provider as someone else.`
}

async function refuseOtherLinks(db: Db, { org, actor }: Signing, { issuer, subject }: Identity): Promise<void> {
  const links = await store.findLinks(db, { orgId: org.id, userId: actor.id, issuer, subject })
  const other = links.find((link) => link.userId !== actor.id || link.issuer !== issuer || link.subject !== subject)
  if (other !== undefined) throw new HubError('Conflict', otherLink(actor.id, other))
}

/** Why a link stands in the way. */
export function otherLink(userId: string, { userId: linkedTo }: store.LinkRow): string {
  return linkedTo === userId
    ? 'Your account is linked to another identity of the identity provider. Ask an admin to unlink it.'
    : 'This identity of the identity provider is linked to another account. Ask an admin to unlink it.'
}

interface Outcome {
  role: OrgRole
  /** They recovered an organization that had no admin, and are on probation until then. */
  probationUntil?: Date
  /** What the mapping would have done and did not, and why. */
  skipped?: string
}

async function join(tx: Tx, signIn: SignIn): Promise<Outcome> {
  const { permit, identity, config, email } = signIn
  const { org, actor } = permit
  const person = { id: actor.id, name: actor.name }
  const wanted = await roleAllowed(tx, org.id, { mapped: mappedRole(identity, config), config })
  const invited = await invitationOf(tx, { orgId: org.id, userId: actor.id, email })
  const role = wanted.role ?? invited?.role ?? org.defaultRole
  const letInBy = wanted.role === undefined ? (invited?.letInBy ?? null) : config.changedBy
  const probation = wanted.probationUntil && { probationUntil: wanted.probationUntil }
  await applyChanges(tx, permit, {
    orgId: org.id,
    changes: [{ kind: 'join', person, role, source: 'sso', letInBy, ...probation }],
    events: null,
  })
  await linkIdentity(tx, signIn)
  const groups = await groupsOf(tx, signIn)
  if (groups?.named.length)
    await applyChanges(tx, permit, {
      orgId: org.id,
      changes: [{ kind: 'update', person, groups }],
      events: memberEvents,
    })
  return { role, ...probation, ...wanted.skipped }
}

async function refresh(tx: Tx, signIn: SignIn, member: HeldMember): Promise<Outcome> {
  // First: whether they are the last admin is judged with the way through SSO that they have now
  await linkIdentity(tx, signIn)
  const { permit, identity, config } = signIn
  const { org, actor } = permit
  const wanted =
    config.rolePath === null
      ? {}
      : await roleAllowed(tx, org.id, { mapped: mappedRole(identity, config), config, member })
  const fallback =
    config.rolePath === null ? member.role : ((await store.findAcceptedRole(tx, org.id, actor.id)) ?? org.defaultRole)
  const role = wanted.skipped ? member.role : (wanted.role ?? fallback)
  const isLast = isAdminRole(member.role) && !isAdminRole(role) && (await isLastAdmin(tx, org.id, actor.id))
  const groups = await groupsOf(tx, signIn)
  const change: Update = {
    kind: 'update',
    person: { id: actor.id, name: actor.name },
    role: isLast ? member.role : role,
    letInBy: config.changedBy,
    ...(groups && { groups }),
    ...(wanted.probationUntil && { probationUntil: wanted.probationUntil }),
  }
  await applyChanges(tx, permit, { orgId: org.id, changes: [change], events: memberEvents })
  if (isLast) return { role: member.role, skipped: `kept the admin role as the last active admin, instead of ${role}` }
  const { probationUntil } = wanted
  return { role, ...(probationUntil && { probationUntil }), ...(wanted.skipped && { skipped: wanted.skipped.skipped }) }
}

interface Wanted {
  role?: OrgRole | undefined
  probationUntil?: Date
  skipped?: { skipped: string }
}

// Recovery path (b): a mapping from before the loss makes someone an admin of an organization that has none, on probation.
async function roleAllowed(
  tx: Tx,
  orgId: string,
  { mapped, config, member }: { mapped: OrgRole | undefined; config: SsoConfig; member?: HeldMember },
): Promise<Wanted> {
  if (mapped === undefined || !isAdminRole(mapped) || (member && isAdminRole(member.role))) return { role: mapped }
  await lockAdmins(tx, orgId)
  const since = await store.findAdminlessSince(tx, orgId)
  if (since === null) return { role: mapped }
  const isOlder = config.mappingChangedAt < since && config.configuredAt < since
  if (isOlder) return { role: mapped, probationUntil: probationFromNow() }
  return {
    skipped: { skipped: 'did not become an admin: the mapping changed after the organization lost its last admin' },
  }
}

async function isLastAdmin(tx: Tx, orgId: string, userId: string): Promise<boolean> {
  await lockAdmins(tx, orgId)
  const { before, after } = await countUsableAdminsAfter(tx, orgId, { gained: [], lost: [userId] })
  return before > 0 && after === 0
}

// The role that an invitation gives counts as long as its inviter can still give it.
async function invitationOf(
  tx: Tx,
  { orgId, userId, email }: { orgId: string; userId: string; email: string },
): Promise<{ role: OrgRole; letInBy: string | null } | undefined> {
  const found = await store.findPendingInvitation(tx, { orgId, userId, email, at: now() })
  if (found?.invitedBy == null) return undefined
  const inviter = await lockRight(tx, found.invitedBy, 'invitation.create', orgId)
  return mayGrant(inviter?.org?.role, found.role) ? { role: found.role, letInBy: found.invitedBy } : undefined
}

/** The group roles that a sign-in gives: all that the person has from SSO. Groups of SCIM and deleted ones are left out. */
async function groupsOf(tx: Tx, { permit, identity, config }: SignIn): Promise<Update['groups']> {
  const mapped = mappedGroups(identity, config)
  if (mapped === undefined) return undefined
  const found = await findGroupsNamed(
    tx,
    permit.org.id,
    '',
    mapped.map(({ groupId }) => groupId),
  )
  const named = mapped.flatMap(({ groupId, role }) => {
    const group = found.get(groupId)
    if (group === undefined || group.managedBy === 'scim') return []
    const { id, name, managedBy, callerRole } = group
    return [{ id, name, managedBy, callerRole, role }]
  })
  return { mode: 'replace', source: 'sso', named }
}

/** Signs in the admin who turns on enforcement with what their test said, so that they do not lock themselves out. */
export async function adoptTest(
  tx: Tx,
  permit: Permit<'sso.update'>,
  { identity, config }: Pick<SignIn, 'identity' | 'config'>,
): Promise<void> {
  const email = await acceptedAddress(tx, permit, { identity, config })
  await refuseOtherLinks(tx, permit, identity)
  await linkIdentity(tx, { permit, identity, email })
  await beginSession(tx, { permit, identity, config })
}

// An organization without an admin may have one now: by a mapping, or because an admin signed in with SSO at last.
async function noteAdmin(tx: Tx, { permit }: SignIn, { role, probationUntil }: Outcome): Promise<void> {
  const { org, actor } = permit
  if (!isAdminRole(role) || org.adminlessSince === null) return
  await clearAdminless(tx, org.id)
  if (probationUntil === undefined) return
  const watchers = await findWatchers(tx, org.id, actor.id)
  const about = { name: actor.name, until: probationUntil }
  const mails = watchers.map((to) => recoveredBySsoMail(org, about, to))
  await queueMails(tx, systemAuthor, mails)
  await record(tx, permit, {
    type: 'org.recovery.complete',
    message: `made ${actor.name} an admin by the role mapping of SSO, because the organization had no active admins`,
    data: { user: { _id: actor.id, user: actor.name }, path: 'sso', probationUntil, after: { role } },
    scope: org.id,
  })
}

async function linkIdentity(
  tx: Tx,
  { permit, identity, email }: Pick<SignIn, 'identity' | 'email'> & { permit: Signing },
): Promise<void> {
  const { issuer, subject } = identity
  const link = { orgId: permit.org.id, userId: permit.actor.id, issuer, subject, email, at: now() }
  if (!(await store.link(tx, link)))
    throw new HubError('Conflict', 'Your account was just linked to another identity. Try again.')
}

async function beginSession(
  tx: Tx,
  { permit, identity, config }: Pick<SignIn, 'identity' | 'config'> & { permit: Signing },
): Promise<void> {
  const { org, actor } = permit
  const { subject, sid = null, notOnOrAfter } = identity
  const key = { orgId: org.id, userId: actor.id }
  const timeout = secondsFromNow(config.sessionTimeoutMinutes * minuteSeconds)
  const expiresAt = notOnOrAfter !== undefined && notOnOrAfter < timeout ? notOnOrAfter : timeout
  const session = { ...key, id: newId(), sessionId: sessionIdOf(permit), isBreakGlass: false, subject, sid, expiresAt }
  await store.putSsoSession(tx, { ...session, at: now() })
}

async function recordSignIn(tx: Tx, { permit, identity, email }: SignIn, { role, skipped }: Outcome): Promise<void> {
  const { actor, org } = permit
  const isNew = permit.facts.org?.standing === undefined
  const note = skipped === undefined ? '' : ` and ${skipped}`
  await record(tx, permit, {
    type: isNew ? 'org.sso_join' : 'org.sso_login',
    message: `${isNew ? `joined with the ${role} role through SSO` : 'signed in with SSO'}${note}`,
    data: {
      user: { _id: actor.id, user: actor.name },
      role,
      identity: { issuer: identity.issuer, subject: identity.subject, email },
      ...(skipped !== undefined && { skipped }),
    },
    scope: org.id,
  })
}
