import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { HubError } from '../kernel/errors.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import { type Db, transaction } from '../store/database.ts'
import { countUsableAdminsOf, healthOf } from './admins.ts'
import { lockSubscription, type Subscription, updateSubscription } from './seats-store.ts'
import { findOrganizationRow, listOrganizationRows, type OrganizationRow } from './store.ts'

type Operator = typeof api.operator
type Shown = ResultOf<Operator['updateOrganizationPlan']>

/** Lists every organization, deleted ones too, with its health. */
export async function listOrganizations(
  db: Db,
  _permit: Permit<'operator.listOrganizations'>,
  input: InputOf<Operator['listOrganizations']>,
): Promise<ResultOf<Operator['listOrganizations']>> {
  const after = input.cursor === undefined ? '' : (decodeCursor(input.cursor, 1)[0] ?? '')
  const rows = await listOrganizationRows(db, { after, search: input.search, most: input.limit + 1 })
  const page = pageOf(rows, input.limit, (row) => [row.id])
  const usable = await countUsableAdminsOf(
    db,
    page.items.map(({ id }) => id),
  )
  return { items: page.items.map((row) => shown(row, usable.get(row.id) ?? 0)), next: page.next }
}

function shown(row: OrganizationRow, usableAdmins: number): Shown {
  return {
    id: row.id,
    name: row.name,
    fullname: row.fullname,
    plan: row.plan,
    seatLimit: row.seat_limit,
    members: row.members,
    usableAdmins,
    health: healthOf(usableAdmins),
    createdAt: row.created_at.toISOString(),
    deletedAt: row.deleted_at?.toISOString() ?? null,
  }
}

/** An organization as operators see it. */
export async function showOrganization(db: Db, id: string): Promise<Shown> {
  const row = await findOrganizationRow(db, id)
  if (row === undefined) throw new HubError('NotFound', 'Organization not found')
  const usable = await countUsableAdminsOf(db, [id])
  return shown(row, usable.get(id) ?? 0)
}

/** Changes the plan of an organization, or the limit on its seats; what is not named stays. */
export async function updateOrganizationPlan(
  db: Db,
  permit: Permit<'operator.updateOrganization'>,
  input: InputOf<Operator['updateOrganizationPlan']>,
): Promise<ResultOf<Operator['updateOrganizationPlan']>> {
  const id = permit.facts.org?.id ?? ''
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    const before = await lockSubscription(tx, id)
    if (before === undefined) throw new HubError('NotFound', 'Organization not found')
    const after = {
      plan: input.plan ?? before.plan,
      seatLimit: input.seatLimit === undefined ? before.seatLimit : input.seatLimit,
    }
    const changes = changesOf(before, after)
    if (changes.length === 0) return
    await updateSubscription(tx, id, after)
    await record(tx, permit, {
      type: before.plan === after.plan ? 'billing.update_subscription' : 'billing.update_subscription_plan',
      message: `changed ${changes.join(' and ')}`,
      data: { before, after },
      scope: id,
    })
  })
  return showOrganization(db, id)
}

function changesOf(before: Subscription, after: Subscription): string[] {
  const limit = (seats: number | null) => seats ?? 'none'
  const changes: string[] = []
  if (before.plan !== after.plan) changes.push(`the plan from ${before.plan} to ${after.plan}`)
  if (before.seatLimit !== after.seatLimit)
    changes.push(`the seat limit from ${limit(before.seatLimit)} to ${limit(after.seatLimit)}`)
  return changes
}
