import type { GroupRole, GroupRoleSource, MemberSource, OrgRole } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { NewEvent } from '../../audit/record.ts'
import type { Mail } from '../../mail/templates.ts'
import type { NamedGroup } from './groups-named.ts'
import type { Step } from './membership-steps.ts'

/** An account that a change is about. */
export interface Person {
  id: string
  name: string
}

/** A role in a resource group that someone is to have from a source, whatever they have there from others. */
export interface GroupGrant {
  groupId: string
  role: GroupRole
  by: string | null
  /** When it was given, where that is not now: only the made-up past of the demo. */
  at?: Date
}

/** Someone becomes a member. */
export interface Join {
  kind: 'join'
  person: Person
  role: OrgRole
  source: MemberSource
  isExternal?: boolean
  expiresAt?: Date | null
  /** The member who answers for it, and whose probation is handed on: who invited, made the link, or approved. */
  letInBy?: string | null
  /** Group roles that come with it, by hand. */
  groups?: readonly GroupGrant[]
  probationUntil?: Date
  /** When they joined, where that is not now: only the made-up past of the demo. */
  joinedAt?: Date
}

/** A member gets another role, other group roles or another expiry; what is left out stays. */
export interface Update {
  kind: 'update'
  person: Person
  role?: OrgRole | undefined
  expiresAt?: Date | null | undefined
  groups?: GroupWish | undefined
  /** Takes nothing away: a lower role than they have changes nothing. */
  raises?: boolean
  /** The member who answers for it, and whose probation is handed on: who set the mapping that it follows from. */
  letInBy?: string | null
  probationUntil?: Date
}

/** What is asked about the group roles that a member has from one source; those of other sources stay. */
export interface GroupWish {
  /**
   * `replace`: these and no others. `merge`: those named, and where that repeats what the member has there from whatever
   * source, nothing. `exact`: those named, whatever other sources say. `sync`: these and
   * no others, whatever other sources say.
   */
  mode: 'replace' | 'merge' | 'exact' | 'sync'
  named: readonly NamedGroup[]
  source?: GroupRoleSource
}

/** A member goes, and with them their group roles and a place among the successors. */
export interface Leave {
  kind: 'leave'
  person: Person
  /** Which membership is meant: one that counts unless said; one past its expiry, which may be gone; or either. */
  which?: 'expired' | 'either'
}

/** Everybody who matches the auto-join rule of a group comes in, or with no rule any more stays by hand. */
export interface RuleChange {
  kind: 'auto_join'
  groupId: string
  rule: { role: GroupRole; scope: 'all' | 'read_plus' } | null
}

export type Change = Join | Update | Leave | RuleChange

/** The permits of those whose right to change people is asked again under lock. */
export type ManagerPermit =
  | Permit<'member.changeRole'>
  | Permit<'member.update'>
  | Permit<'member.remove'>
  | Permit<'member.leave'>
  | Permit<'member.offboard'>
  | Permit<'member.bulk'>
  | Permit<'group.create'>
  | Permit<'group.addUsers'>
  | Permit<'group.changeRole'>
  | Permit<'group.removeUser'>

/** Changes of one organization that are made together, or not at all. */
export interface ChangeSet {
  orgId: string
  changes: readonly Change[]
  /** Who asks for it and is judged again; undefined where a rule decided that asks nobody: doors, timers, recovery. */
  by?: ManagerPermit
  /** The caller tells the people whom it changes or removes. */
  tellsItself?: true
  /** What to mail, when it is written. */
  mails?: (steps: readonly Step[]) => Mail[] | Promise<Mail[]>
  /** What to record; null where it is part of a larger event that the caller records. */
  events: ((steps: readonly Step[]) => NewEvent[] | Promise<NewEvent[]>) | null
}
