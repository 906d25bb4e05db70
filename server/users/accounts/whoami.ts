import type * as api from '../../../api/index.ts'
import type { ResultOf, Withheld } from '../../../api/index.ts'
import { unmetByAddress } from '../../access/address-rules.ts'
import type { Author } from '../../access/author.ts'
import { isAdminRole, seesRoles } from '../../access/escalation.ts'
import type { Service } from '../../access/facts.ts'
import type { Permit } from '../../access/permit.ts'
import { scopesOf } from '../../access/scopes.ts'
import { unmetByToken } from '../../access/token-rules.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { ownId } from './accounts.ts'
import {
  listMyOrganizations as findMyOrganizations,
  findServiceOrg,
  findWhoami,
  type JudgedBy,
  listRestorable,
} from './profile-store.ts'

type Whoami = ResultOf<typeof api.users.whoami>

/** A deleted organization can be restored so long. */
export const restoreDays = 30

/** Tells who the caller is, with which token or session, and in which organizations, in one statement. */
export async function whoami(db: Db, permit: Permit<'account.whoami'>, _input: unknown, links: Links): Promise<Whoami> {
  const { actor } = permit
  if (actor.service) return whoamiOfService(db, permit, actor.service, links)
  const { hasTwoFactor, token } = actor
  const isScoped = token?.role === 'fineGrained'
  const who = {
    userId: ownId(permit),
    tokenId: token?.id ?? null,
    isScoped,
    hasTwoFactor,
    sessionId: sessionOf(permit),
  }
  const [found, scopes] = await Promise.all([
    findWhoami(db, who),
    isScoped ? scopesOf(db, { id: who.userId }, [token.id]) : undefined,
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
    orgs: found.orgs.map(({ id, name, fullname, plan, role, judged, groups }) => ({
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
      ...(withheldBy(judged, permit).length === 0
        ? { resourceGroups: groups }
        : { securityRestrictions: restrictionsOf(withheldBy(judged, permit)) }),
    })),
    auth: authOf(permit, scopes?.get(token?.id ?? '')),
  }
}

// A service account belongs to one organization, and the organization's own token speaks as the organization itself.
async function whoamiOfService(
  db: Db,
  permit: Permit<'account.whoami'>,
  service: Service,
  links: Links,
): Promise<Whoami> {
  const { actor } = permit
  const token = actor.token?.id ?? ''
  const org = await findServiceOrg(db, { orgId: service.orgId, tokenId: token })
  const scopes = await scopesOf(db, { id: actor.id, service }, [token])
  const withheld = [
    ...(org.isRevoked ? ['token_revoked' as const] : []),
    ...unmetByAddress(permit.request.address, org),
  ]
  const isItself = service.kind === 'organization'
  const { id, name, fullname } = isItself ? org : actor
  const none = { email: null, canPay: false, periodEnd: null }
  const ofOrg: Whoami['orgs'][number] = {
    ...{ type: 'org', id: org.id, name: org.name, fullname: org.fullname, ...none },
    avatarUrl: avatarUrl(links, org.name),
    ...(org.plan !== 'free' && { plan: org.plan }),
    ...(withheld.length > 0 && { securityRestrictions: restrictionsOf(withheld) }),
  }
  return {
    ...{ type: isItself ? 'org' : 'user', id, name, fullname, ...none, isPro: false },
    avatarUrl: avatarUrl(links, isItself ? org.name : actor.name),
    orgs: isItself ? [] : [ofOrg],
    auth: authOf(permit, scopes.get(token)),
  }
}

// Of a token, the SSO session of any browser counts.
function sessionOf({ actor }: Author): string | null {
  return actor?.token ? null : (actor?.session?.id ?? null)
}

/** Every reason why the role of a member does not count, the token that they come with included. */
function withheldBy(judged: JudgedBy, { actor, request }: Author): Withheld[] {
  const token = actor?.token
  const byToken = token ? unmetByToken(token, judged, judged.token_state) : []
  return [
    ...byToken,
    ...unmetByAddress(request.address, judged),
    ...(judged.blocked ? ['mfa' as const] : []),
    ...(judged.lacks_sso ? ['sso' as const] : []),
  ]
}

type Restriction = NonNullable<Whoami['orgs'][number]['securityRestrictions']>[number]

// The clients have one word for all that the policy of tokens refuses.
const restrictions: Partial<Record<Withheld, Restriction>> = {
  mfa: 'mfa',
  ip: 'ip',
  sso: 'sso',
  token_revoked: 'token-revoked',
  token_denied: 'token-policy',
  token_pending: 'token-policy',
  token_kind: 'token-policy',
  token_lifetime: 'token-policy',
}

function restrictionsOf(withheld: readonly Withheld[]): Restriction[] {
  return [...new Set(withheld.flatMap((reason) => restrictions[reason] ?? []))].sort()
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
  const who = {
    userId: ownId(permit),
    tokenId: token?.id ?? null,
    hasTwoFactor,
    sessionId: sessionOf(permit),
    at: now(),
  }
  const rows = await findMyOrganizations(db, who)
  const restorable = await listRestorable(db, { ...who, since: secondsFromNow(-restoreDays * daySeconds) })
  return {
    organizations: rows.map(({ id, name, fullname, role, plan, members, admins, joined_at, ...judged }) => ({
      ...{ id, name, fullname, role, plan },
      isAdmin: isAdminRole(role),
      seesMembers: withheldBy(judged, permit).length === 0 && seesRoles(role),
      avatarUrl: avatarUrl(links, name),
      numUsers: members,
      numAdmins: admins,
      joinedAt: joined_at.toISOString(),
      blockedBy: withheldBy(judged, permit),
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
