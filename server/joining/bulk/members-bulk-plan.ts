import { type bulk, EmailAddress, type OrgRole } from '../../../api/index.ts'
import { mayGrant, mayInvite } from '../../access/escalation.ts'
import {
  type MemberPlan,
  namedGroups,
  nothing,
  planChange,
  planRemoval,
  roleAndGroupsOf,
  type UndoLine,
} from '../../members/bulk/bulk-plan.ts'
import { type Wish, wishKey } from '../../members/bulk/bulk-rows.ts'
import type { BulkAccount, OrgState } from '../../members/bulk/bulk-state.ts'
import type { NamedGroup } from '../../members/membership/groups-named.ts'
import type { RoleAndGroups } from '../../members/membership/losses.ts'
import type { LeaveStep, UpdateStep } from '../../members/membership/membership-steps.ts'
import { rejoinBlockWords } from '../../members/membership/rejoin-blocks.ts'
import { lowerName } from '../../users/names/names.ts'
import { mayOffer } from '../entrance/inviting.ts'
import type { PendingInvitation } from './members-bulk-store.ts'
import { undoInvitation } from './undo-file.ts'

/** An invitee: an account, or an email address. */
export interface Invitee {
  userId: string | null
  address: string | null
}

export interface InvitePlan {
  kind: 'invite'
  verdict: bulk.BulkVerdict
  undo: UndoLine
  invitee: Invitee
  role: OrgRole
  groups: NamedGroup[]
  /** One waits already, with another role or other groups. */
  pending: PendingInvitation | undefined
}

export interface RevocationPlan {
  kind: 'revoke'
  verdict: bulk.BulkVerdict
  undo: UndoLine
  pending: PendingInvitation
}

/** What one wish comes to. */
export type Plan = MemberPlan | InvitePlan | RevocationPlan

/** What plans come to for members. */
export function stepsOf(plans: readonly Plan[]): (UpdateStep | LeaveStep)[] {
  return plans.flatMap((plan) => (plan.kind === 'change' || plan.kind === 'remove' ? [plan.step] : []))
}

/** What wishes are judged on: the organization, the accounts they name, and what is offered to whom already. */
export interface Judged extends OrgState {
  accounts: Map<string, BulkAccount>
  /** By the id of the account, or by the address in small letters. */
  pending: Map<string, PendingInvitation>
  /** Until when people are kept out who were offboarded. */
  rejoinBlocks: Map<string, Date>
  /** Names and addresses that were mailed as often in this hour as may be. */
  mailedOften: Set<string>
  defaultRole: OrgRole
}

/** The one by whom a wish is known: an account, an address, or a name that no one has. */
export function personKey({ accounts }: Pick<Judged, 'accounts'>, { username, email }: Wish): string {
  if (username === undefined) return `email ${(email ?? '').toLowerCase()}`
  const name = lowerName(username)
  return `user ${accounts.get(name)?.id ?? name}`
}

/** Judges one wish by itself. */
export function planWish(judged: Judged, wish: Wish): Plan {
  const { username, who } = wish
  const problem = wish.problem ?? addressProblem(wish)
  if (problem !== undefined) return nothing(wish, who, 'error', problem)
  const account = username === undefined ? undefined : judged.accounts.get(lowerName(username))
  if (username !== undefined && account === undefined)
    return nothing(wish, who, 'error', `No account named “${username}”.`)
  const member = account && judged.held.members.get(account.id)
  if (wish.op === 'invite') {
    if (member) return nothing(wish, member.name, 'error', `${member.name} is already a member. Use the op “set”.`)
    return planInvite(judged, wish, account)
  }
  if (wish.op === 'remove') return member ? planRemoval(judged, member, wish) : planRevocation(judged, wish, account)
  if (member) return planChange(judged, member, wish)
  return nothing(wish, account?.name ?? who, 'error', 'This person is not a member. Use the op “invite”.')
}

function addressProblem({ op, email }: Wish): string | undefined {
  if (email === undefined) return undefined
  if (op !== 'invite' && op !== 'remove') return `email: The op “${op}” requires a username.`
  return EmailAddress.safeParse(email).success ? undefined : 'email: must be an email address.'
}

function planInvite(judged: Judged, wish: Wish, account: BulkAccount | undefined): Plan {
  const who = account?.name ?? wish.email ?? ''
  const role = wish.role ?? judged.defaultRole
  const groups = namedGroups(judged, wish.groups ?? [])
  if (typeof groups === 'string') return nothing(wish, who, 'error', groups)
  const callerRole = judged.held.caller.role
  const refusal = refuseAccount(judged, account) ?? mayOffer(callerRole, { role, groups })
  if (refusal !== undefined) return nothing(wish, who, 'error', refusal)
  const pending = judged.pending.get(account?.id ?? who.toLowerCase())
  const given = groups.flatMap((group) => (group.role === null ? [] : [{ ...group, role: group.role }]))
  const after = roleAndGroupsOf(role, given)
  if (pending && offers(pending, after))
    return nothing(wish, who, 'unchanged', 'Already invited with the same role and groups.')
  if (judged.mailedOften.has(wishKey({ username: account?.name, email: wish.email })))
    return nothing(wish, who, 'error', `${who} was invited too often in the last hour. Try again later.`)
  const invitee = { userId: account?.id ?? null, address: account ? null : who }
  return invitePlan(wish, who, { invitee, role, groups, pending, after })
}

type Invited = Pick<InvitePlan, 'invitee' | 'role' | 'groups' | 'pending'> & { after: RoleAndGroups }

function invitePlan(wish: Wish, who: string, { after, ...invited }: Invited): InvitePlan {
  const { pending, role, invitee } = invited
  const before = pending ? roleAndGroupsOf(pending.role, pending.groups) : null
  const message = pending ? `Renews the invitation for ${who}.` : `Invites ${who} with the ${role} role.`
  return {
    kind: 'invite',
    verdict: { row: wish.row, op: wish.op, who, verdict: 'invite', message, before, after, loses: [] },
    undo: undoInvitation(invitee.address === null ? { username: who } : { email: who }, pending),
    ...invited,
  }
}

// Whether an invitation offers just this, and works: its inviter may still invite.
function offers({ inviterRole, role, groups }: PendingInvitation, wanted: RoleAndGroups): boolean {
  const isSame = JSON.stringify(roleAndGroupsOf(role, groups)) === JSON.stringify(wanted)
  return isSame && mayInvite(inviterRole) && mayGrant(inviterRole, role)
}

function refuseAccount({ rejoinBlocks }: Judged, account: BulkAccount | undefined): string | undefined {
  if (account === undefined) return undefined
  if (!account.isActive) return `The account ${account.name} is not active.`
  const until = rejoinBlocks.get(account.id)
  return until && rejoinBlockWords(account.name, until)
}

// A person who is not a member may have been invited: to remove them is to revoke that.
function planRevocation(judged: Judged, wish: Wish, account: BulkAccount | undefined): Plan {
  const who = account?.name ?? wish.email ?? ''
  const pending = judged.pending.get(account?.id ?? who.toLowerCase())
  if (pending === undefined) return nothing(wish, who, 'unchanged', 'No member or pending invitation with this name.')
  const before = roleAndGroupsOf(pending.role, pending.groups)
  const message = `Revokes the invitation for ${who}.`
  return {
    kind: 'revoke',
    verdict: { row: wish.row, op: wish.op, who, verdict: 'remove', message, before, after: null, loses: [] },
    undo: undoInvitation({ username: account?.name, email: pending.address ?? undefined }, pending),
    pending,
  }
}

/** Judges all wishes; who is wished for twice is an error at each of the rows, whatever they say. */
export function markTwice(plans: readonly { key: string; wish: Wish; plan: Plan }[]): Plan[] {
  const byKey = Map.groupBy(plans, ({ key }) => key)
  return plans.map(({ key, wish, plan }) => {
    const same = byKey.get(key) ?? []
    if (same.length < 2 || key === 'email ') return plan
    const rows = same.slice(0, 11).map((other) => other.wish.row)
    const named = rows.length > 10 ? `${rows.slice(0, 10).join(', ')} and more` : rows.join(', ')
    return nothing(wish, plan.verdict.who, 'error', `${plan.verdict.who} is in ${same.length} rows: ${named}.`)
  })
}
