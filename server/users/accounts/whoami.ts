import type * as api from '../../../api/index.ts'
import type { ResultOf } from '../../../api/index.ts'
import { isAdminRole, seesRoles } from '../../access/escalation.ts'
import type { Permit } from '../../access/permit.ts'
import { scopesOf } from '../../access/scopes.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { ownId } from './accounts.ts'
import { listMyOrganizations as findMyOrganizations, findWhoami, listRestorable } from './profile-store.ts'

type Whoami = ResultOf<typeof api.users.whoami>

/** A deleted organization can be restored so long. */
export const restoreDays = 30

/** Tells who the caller is, with which token or session, and in which organizations, in one statement. */
export async function whoami(db: Db, permit: Permit<'account.whoami'>, _input: unknown, links: Links): Promise<Whoami> {
  const { actor } = permit
  const { hasTwoFactor, token } = actor
  const isScoped = token?.role === 'fineGrained'
  const who = { userId: ownId(permit), tokenId: token?.id ?? null, isScoped, hasTwoFactor, at: now() }
  const [found, scopes] = await Promise.all([
    findWhoami(db, who),
    isScoped ? scopesOf(db, who.userId, [token.id]) : undefined,
  ])
  return {
    type: 'user',
    id: actor.id,
    name: actor.name,
    fullname: actor.fullname,
    email: found.email,
    emailVerified: actor.emailVerified,
    canPay: false,
    isPro: false,
    periodEnd: null,
    avatarUrl: avatarUrl(links, actor.name),
    orgs: found.orgs.map(({ id, name, fullname, plan, role, blocked, untrusted, groups }) => ({
      type: 'org',
      id,
      name,
      fullname,
      email: null,
      canPay: false,
      avatarUrl: avatarUrl(links, name),
      periodEnd: null,
      ...(plan !== 'free' && { plan }),
      roleInOrg: role,
      ...((blocked || untrusted) && { securityRestrictions: restrictionsOf(blocked, untrusted) }),
      ...(groups && { resourceGroups: groups }),
    })),
    auth: authOf(permit, scopes?.get(token?.id ?? '')),
  }
}

function restrictionsOf(blocked: boolean, untrusted: boolean): ('mfa' | 'token-revoked')[] {
  return [...(blocked ? ['mfa' as const] : []), ...(untrusted ? ['token-revoked' as const] : [])]
}

function authOf(
  { actor: { token, session } }: Permit<'account.whoami'>,
  fineGrained: api.tokens.FineGrained | undefined,
): Whoami['auth'] {
  if (token === undefined) return { type: 'session', ...(session && { expiresAt: session.expiresAt.toISOString() }) }
  const { name, role, createdAt, expiresAt } = token
  return {
    type: 'access_token',
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    accessToken: { displayName: name, role, createdAt: createdAt.toISOString(), ...(fineGrained && { fineGrained }) },
  }
}

/** Lists the organizations the caller is in, and the deleted ones they may restore. */
export async function listMyOrganizations(
  db: Db,
  permit: Permit<'account.organizations'>,
  _input: unknown,
  links: Links,
): Promise<ResultOf<typeof api.users.listMyOrganizations>> {
  const { actor } = permit
  const { hasTwoFactor, token } = actor
  const who = { userId: ownId(permit), tokenId: token?.id ?? null, hasTwoFactor, at: now() }
  const rows = await findMyOrganizations(db, who)
  const restorable = await listRestorable(db, { ...who, since: secondsFromNow(-restoreDays * daySeconds) })
  return {
    organizations: rows.map(({ members, admins, joined_at, blocked, untrusted, ...row }) => ({
      ...row,
      isAdmin: isAdminRole(row.role),
      seesMembers: !blocked && !untrusted && seesRoles(row.role),
      avatarUrl: avatarUrl(links, row.name),
      numUsers: members,
      numAdmins: admins,
      joinedAt: joined_at.toISOString(),
      blockedBy: [...(untrusted ? ['token_revoked' as const] : []), ...(blocked ? ['mfa' as const] : [])],
    })),
    restorable: restorable.map(({ id, name, fullname, deleted_at }) => ({
      id,
      name,
      fullname,
      deletedAt: deleted_at.toISOString(),
      purgedAt: new Date(deleted_at.getTime() + restoreDays * daySeconds * 1000).toISOString(),
    })),
  }
}
