import { type bulk, EmailAddress, type OrgRole } from '../../../api/index.ts'
import { mapPaced } from '../../kernel/pace.ts'
import { namedGroups } from '../../members/bulk/bulk-plan.ts'
import { type Wish, wishKey } from '../../members/bulk/bulk-rows.ts'
import type { OrgState } from '../../members/bulk/bulk-state.ts'
import type { NamedGroup } from '../../members/membership/groups-named.ts'
import { rejoinBlockWords } from '../../members/membership/rejoin-blocks.ts'
import { lowerName } from '../../users/names/names.ts'
import { mayOffer } from '../entrance/inviting.ts'
import type { NamedInvitee } from './bulk-store.ts'
import type { Invite } from './invite-many.ts'
import type { PendingInvitation } from './members-bulk-store.ts'

type Verdict = bulk.InviteVerdict['verdict']

/** What wishes are judged on. None of it tells whether an account has an address. */
export interface InviteState extends Pick<OrgState, 'asked'> {
  callerRole: OrgRole | undefined
  /** Of rows that name no role or no groups. */
  defaultRole: OrgRole
  defaultGroups: Wish['groups']
  emailDomain: string | undefined
  /** Accounts by the name they were asked by. */
  accounts: Map<string, NamedInvitee>
  rejoinBlocks: Map<string, Date>
  /** Addresses of members, where the organization has verified the domain. */
  memberAddresses: Set<string>
  pending: Map<string, PendingInvitation>
  /** People who had as many mails lately as they may get. */
  mailedOften: Set<string>
  /** Null: as many as you like. */
  freeSeats: number | null
}

/** What one wish comes to: `invite` is there when someone is mailed. */
export interface InvitePlan {
  verdict: bulk.InviteVerdict
  invite: Invite | undefined
  pending: PendingInvitation | undefined
  key: string
}

/** Judges all wishes, in their order: of those for one person the first counts, and the first get the seats. */
export async function judgeInvites(state: InviteState, wishes: readonly Wish[]): Promise<InvitePlan[]> {
  const seen = new Map<string, number>()
  let free = state.freeSeats ?? Number.POSITIVE_INFINITY
  return mapPaced(wishes, (wish) => {
    const judged = judge(state, wish)
    const account = accountOf(state, wish)
    const person = account?.id ?? wishKey(wish)
    const first = seen.get(person)
    if (judged.verdict.verdict === 'invalid') return judged
    if (first !== undefined) return leftOut(wish, 'duplicate', `Already in row ${first}.`)
    seen.set(person, wish.row)
    if (judged.verdict.verdict !== 'invite') return judged
    if (free <= 0)
      return leftOut(
        wish,
        'over_seat_limit',
        'No seat is available. Remove a member, revoke an invitation, or ask a site admin for more seats.',
        judged.verdict,
      )
    free--
    return judged
  })
}

function judge(state: InviteState, wish: Wish): InvitePlan {
  const account = accountOf(state, wish)
  const invalid = wish.problem ?? refuseForm(wish, account)
  if (invalid !== undefined) return leftOut(wish, 'invalid', invalid)
  const role = wish.role ?? state.defaultRole
  const groups = namedGroups(state, wish.groups ?? state.defaultGroups ?? [])
  if (typeof groups === 'string') return leftOut(wish, 'invalid', groups)
  const asked = { role, groups: shown(groups) }
  if (isMember(state, wish, account)) return leftOut(wish, 'already_member', 'Already a member.', asked)
  const refusal = mayOffer(state.callerRole ?? null, { role, groups }) ?? refusePerson(state, wish, account)
  if (refusal !== undefined) return leftOut(wish, 'not_allowed', refusal, asked)
  const domain = refuseDomain(state, wish)
  if (domain !== undefined) return leftOut(wish, 'domain_not_allowed', domain, asked)
  return invited(state, wish, { account, role, groups })
}

function invited(
  state: InviteState,
  wish: Wish,
  { account, role, groups }: { account: NamedInvitee | undefined; role: OrgRole; groups: NamedGroup[] },
): InvitePlan {
  const key = wishKey(wish)
  const pending = state.pending.get(account?.id ?? key)
  const who = account?.name ?? wish.who
  const message = pending ? 'Already invited. The invitation is renewed.' : `Invited with the ${role} role.`
  const verdict = pending ? ('reinvite' as const) : ('invite' as const)
  return {
    verdict: { row: wish.row, who, verdict, message, role, groups: shown(groups), link: null },
    invite: { userId: account?.id ?? null, address: account ? null : who, who, role, groups },
    pending,
    key,
  }
}

function leftOut(
  wish: Wish,
  verdict: Verdict,
  message: string,
  { role, groups }: Pick<bulk.InviteVerdict, 'role' | 'groups'> = { role: null, groups: [] },
): InvitePlan {
  const told = { row: wish.row, who: wish.who, verdict, message, role, groups, link: null }
  return { verdict: told, invite: undefined, pending: undefined, key: wishKey(wish) }
}

function shown(groups: readonly NamedGroup[]): bulk.InviteVerdict['groups'] {
  return groups.flatMap(({ id, name, role }) => (role === null ? [] : [{ id, name, role }]))
}

function accountOf({ accounts }: InviteState, { username }: Wish): NamedInvitee | undefined {
  return username === undefined ? undefined : accounts.get(lowerName(username))
}

function refuseForm({ email, username }: Wish, account: NamedInvitee | undefined): string | undefined {
  if (email !== undefined && !EmailAddress.safeParse(email).success) return 'Not an email address.'
  if (username !== undefined && account === undefined) return `No active account named “${username}”.`
  return undefined
}

function isMember({ memberAddresses }: InviteState, wish: Wish, account: NamedInvitee | undefined): boolean {
  return account?.isMember ?? memberAddresses.has(wishKey(wish))
}

function refusePerson(
  { rejoinBlocks, mailedOften }: InviteState,
  wish: Wish,
  account: NamedInvitee | undefined,
): string | undefined {
  const until = rejoinBlocks.get(account?.id ?? '')
  if (until !== undefined) return rejoinBlockWords(account?.name ?? wish.who, until)
  if (mailedOften.has(wishKey(wish))) return 'Invited too often in the last hour. Try again later.'
  return undefined
}

function refuseDomain({ emailDomain }: InviteState, { email }: Wish): string | undefined {
  if (emailDomain === undefined) return undefined
  if (email === undefined) return `Only addresses in ${emailDomain} are invited. This row has a username.`
  return email.toLowerCase().endsWith(`@${emailDomain}`) ? undefined : `Not an address in ${emailDomain}.`
}
