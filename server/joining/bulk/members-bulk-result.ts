import type { bulk } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import { mapPaced } from '../../kernel/pace.ts'
import { digest } from '../../kernel/secret.ts'
import { isGained, losesAdmin } from '../../members/membership/membership-steps.ts'
import { countUsableAdminsAfter } from '../../orgs/admins.ts'
import { freeSeats, reservesSeats } from '../../orgs/seats.ts'
import type { Tx } from '../../store/database.ts'
import { type Plan, stepsOf } from './members-bulk-plan.ts'
import { undoFile } from './undo-file.ts'

const smallestLimit = 5
const limitPart = 0.1
const maxErrorsTold = 100

/** The most members a request may remove: what it says itself, or the larger of 5 and a tenth of them. */
export function removalLimitOf(memberCount: number, asked: number | undefined): number {
  return asked ?? Math.max(smallestLimit, Math.ceil(memberCount * limitPart))
}

/** Says so where more members would be removed than may be. */
export function removalProblem(plans: readonly Plan[], limit: number): string | undefined {
  const count = plans.filter(({ kind }) => kind === 'remove').length
  if (count <= limit) return undefined
  return `This removes ${count} members, but the limit is ${limit}. To remove all of them, send removalLimit: ${count}.`
}

/** Why a plan cannot be applied as it is, beside rows that are errors. */
export async function problemsOf(
  tx: Tx,
  permit: Permit<'member.bulk'>,
  plans: readonly Plan[],
  limit: number,
): Promise<string[]> {
  const problems = [
    removalProblem(plans, limit),
    await adminProblem(tx, permit, plans),
    await seatProblem(tx, permit, plans),
  ]
  return problems.filter((problem) => problem !== undefined)
}

async function adminProblem(
  tx: Tx,
  { org }: Permit<'member.bulk'>,
  plans: readonly Plan[],
): Promise<string | undefined> {
  const steps = stepsOf(plans)
  const lost = steps.filter(losesAdmin).map(({ person }) => person.id)
  if (lost.length === 0) return undefined
  const gained = steps.filter(isGained).map(({ person }) => person.id)
  const { before, after } = await countUsableAdminsAfter(tx, org.id, { gained, lost })
  if (before === 0 || after > 0) return undefined
  return 'An organization needs at least one active admin. Make another member an admin in the same request.'
}

async function seatProblem(
  tx: Tx,
  { org }: Permit<'member.bulk'>,
  plans: readonly Plan[],
): Promise<string | undefined> {
  const invited = plans.filter((plan) => plan.kind === 'invite' && plan.pending === undefined).length
  if (invited === 0 || !reservesSeats(org.plan)) return undefined
  const free = await freeSeats(tx, org.id)
  if (free === null) return undefined
  const freed = plans.filter(({ kind }) => kind === 'remove' || kind === 'revoke').length
  const missing = invited - freed - free
  if (missing <= 0) return undefined
  const seats = missing === 1 ? '1 more seat is' : `${missing} more seats are`
  return `${seats} needed. Remove members, revoke invitations, or ask a site admin for a higher limit.`
}

/** The refusal of a request with rows that cannot be done; it names the first of them. */
export function refusalOfErrors({ rows, counts }: bulk.BulkResult): HubError {
  const errors = rows.filter(({ verdict }) => verdict === 'error').slice(0, maxErrorsTold)
  const [first] = errors
  const sentence = `${counts.error} of ${counts.rows} rows have errors, so nothing was changed. Row ${first?.row} (${first?.who}): ${first?.message}`
  return new HubError('BadRequest', sentence, { body: { rows: errors } })
}

interface Judgement {
  orgId: string
  mode: 'plan' | 'apply'
  limit: number
  problems: string[]
  plans: readonly Plan[]
}

/** What is answered: the verdicts, the way back, and the hash of the whole. */
export async function resultOf({ orgId, mode, limit, problems, plans }: Judgement): Promise<bulk.BulkResult> {
  const rows = plans.map(({ verdict }) => verdict)
  const count = (test: (verdict: bulk.BulkVerdict) => boolean) => rows.filter(test).length
  const of = (name: bulk.BulkVerdict['verdict']) => count(({ verdict }) => verdict === name)
  return {
    mode,
    applied: false,
    planHash: await hashOf(orgId, plans),
    counts: {
      rows: rows.length,
      change: of('change'),
      unchanged: of('unchanged'),
      invite: of('invite'),
      remove: plans.filter(({ kind }) => kind === 'remove').length,
      revoke: plans.filter(({ kind }) => kind === 'revoke').length,
      error: of('error'),
      loseAccess: count(({ loses }) => loses.length > 0),
    },
    removalLimit: limit,
    problems,
    rows,
    inverse: await undoFile(plans.flatMap((plan) => (plan.kind === 'nothing' ? [] : [plan.undo]))),
  }
}

// Who is how before and after, in one order whatever the order of the rows was.
async function hashOf(orgId: string, plans: readonly Plan[]): Promise<string> {
  const lines = await mapPaced(plans, (plan) => JSON.stringify(essenceOf(plan)))
  return digest([orgId, ...lines.sort()].join('\n')).toString('base64url')
}

function essenceOf(plan: Plan): unknown[] {
  const { who, verdict, before, after } = plan.verdict
  const told = [who.toLowerCase(), verdict, before, after]
  if (plan.kind === 'nothing') return told
  if (plan.kind === 'change' || plan.kind === 'remove')
    return [...told, plan.step.person.id, plan.step.member.rows.map(({ id, source, role }) => [id, source, role])]
  return [...told, plan.pending?.id ?? null]
}
