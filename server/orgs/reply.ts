import { orgRoles } from '../../api/index.ts'
import type { Organization } from '../../api/organizations.ts'
import { allowedActions, authorize } from '../access/authorize.ts'
import { mayActOn, mayGrant, seesRoles } from '../access/escalation.ts'
import type { OrgFacts } from '../access/facts.ts'
import type { Caller, Permit } from '../access/permit.ts'
import { policy } from '../access/policy.ts'
import { avatarUrl, type Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { countUsableAdmins, healthOf } from './admins.ts'
import { countMembers, isSignedInWithSso } from './store.ts'

/** Whether the caller may know who, and how many, the members are. */
export function seesMembers(org: OrgFacts): boolean {
  return !org.hideMembers || seesRoles(org.role)
}

/** An organization as the caller sees it: their role, what they may do, and how it is guarded. */
export async function organizationReply(db: Db, permit: Permit<'org.view'>, links: Links): Promise<Organization> {
  const { org } = permit
  const [sso, numUsers, usableAdmins] = await Promise.all([
    ssoOf(db, permit),
    seesMembers(org) ? countMembers(db, org.id) : undefined,
    seesRoles(org.role) ? countUsableAdmins(db, org.id) : undefined,
  ])
  const may = actionsOnOrganization(permit)
  return {
    id: org.id,
    name: org.name,
    fullname: org.fullname,
    details: org.details,
    website: org.website,
    avatarUrl: avatarUrl(links, org.name),
    isVerified: org.isVerified,
    plan: org.plan,
    createdAt: org.createdAt.toISOString(),
    role: org.standing?.role ?? null,
    blockedBy: [...(org.standing?.withheld ?? [])],
    ...(sso !== undefined && { sso }),
    ...(numUsers !== undefined && { numUsers }),
    ...(usableAdmins !== undefined && { health: healthOf(usableAdmins) }),
    ...(may.includes('org.updateSettings') && { setupChecklist: org.setupChecklist }),
    may,
    mayGrant: orgRoles.filter((role) => mayGrant(org.role, role)),
    mayActOn: orgRoles.filter((role) => mayActOn(org.role, role)),
  }
}

async function ssoOf(db: Db, { org, facts }: Permit<'org.view'>): Promise<Organization['sso']> {
  const { actor } = facts
  if (org.ssoMode === 'off' || org.standing === undefined || actor === undefined) return undefined
  const holder = actor.session === undefined ? 'token' : { sessionId: actor.session.id }
  const isSignedIn = await isSignedInWithSso(db, org.id, actor.id, holder)
  return { mode: org.ssoMode, isSignedIn, breakGlassUntil: org.breakGlassUntil?.toISOString() ?? null }
}

/** Reads an organization again for the answer to a change of it. */
export async function readOrganization(db: Db, caller: Caller, name: string, links: Links): Promise<Organization> {
  return organizationReply(db, await authorize(db, caller, 'org.view', { org: name }), links)
}

// What takes a member is asked about the caller as one: whether it can be done to another is said with that member.
function actionsOnOrganization(permit: Permit<'org.view'>): string[] {
  const { actor, org } = permit.facts
  if (actor === undefined) return []
  const subject = { id: actor.id, name: actor.name, fullname: actor.fullname, role: org?.role }
  return allowedActions({ ...permit.facts, subject }, '').filter(
    (action) => policy[action].on === 'org' || action === 'repo.create',
  )
}
