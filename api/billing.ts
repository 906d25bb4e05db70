import { z } from 'zod'
import { operation } from './operation.ts'
import { Id, OrgRole, orgParams, Plan, Time } from './shapes.ts'

const tag = 'Seats and activity'
const Day = z.iso.date()

export const Seats = z.object({
  plan: Plan,
  limit: z.number().int().nullable().describe('The most seats that may be taken; null: as many as you like.'),
  used: z.number().int().describe('Members, and on paid plans pending invitations.'),
  members: z.number().int(),
  pending: z.number().int().describe('Pending invitations; each reserves a seat on paid plans.'),
  free: z.number().int().nullable(),
  billed: z
    .number()
    .int()
    .describe('The most seats used at once since the period began: what falls is billed less from the next one on.'),
  history: z
    .array(z.object({ day: Day, members: z.number().int(), pending: z.number().int() }))
    .describe('One entry a day, oldest first, at most 400; the highest of each day.'),
})
export type Seats = z.infer<typeof Seats>

export const getSeats = operation({
  method: 'get',
  path: '/api/organizations/:org/billing/seats',
  action: 'billing.view',
  tag,
  summary: 'Seats used, reserved and free, and how many there were over time.',
  params: orgParams,
  query: z.object({ days: z.coerce.number().int().min(1).max(400).default(90) }),
  reply: Seats,
})

export const Invoice = z.object({
  plan: Plan,
  currency: z.string().describe('ISO 4217.'),
  seatPrice: z.number().int().describe('Of one seat for a month, in hundredths of the currency; the operator sets it.'),
  period: z.object({ from: Day, to: Day.describe('The first day after it.') }),
  lines: z.array(
    z.object({
      description: z.string(),
      seats: z.number().int(),
      from: Day,
      to: Day,
      days: z.number().int(),
      amount: z.number().int(),
    }),
  ),
  total: z.number().int().describe('In hundredths of the currency.'),
  nextPeriodTotal: z.number().int().describe('What the next whole month costs with the seats used now.'),
})
export type Invoice = z.infer<typeof Invoice>

export const previewInvoice = operation({
  method: 'get',
  path: '/api/organizations/:org/billing/preview',
  action: 'billing.view',
  tag,
  summary: 'What the next invoice would say, seats added in the middle of the month by the day. No payment is taken.',
  params: orgParams,
  reply: Invoice,
})

export const exportSeats = operation({
  method: 'get',
  path: '/api/organizations/:org/billing/export',
  action: 'billing.view',
  tag,
  summary: 'The seats of each day as CSV.',
  params: orgParams,
  reply: z.string(),
  kind: 'stream',
})

/** The doors through which someone is seen at work. */
export const activityDoors = ['web', 'api', 'git', 'sso'] as const
export const ActivityDoor = z.enum(activityDoors)
export type ActivityDoor = z.infer<typeof ActivityDoor>
export const Idle = z.enum(['30', '60', '90', 'never'])
export type Idle = z.infer<typeof Idle>

export const MemberActivity = z.object({
  _id: Id,
  user: z.string(),
  fullname: z.string(),
  avatarUrl: z.string(),
  role: OrgRole,
  joinedAt: Time,
  lastActiveAt: Time.nullable().describe('To a quarter of an hour; null: never since they joined.'),
  doors: z.object({
    web: Time.nullable(),
    api: Time.nullable(),
    git: Time.nullable().describe('LFS too.'),
    sso: Time.nullable(),
  }),
})
export type MemberActivity = z.infer<typeof MemberActivity>

export const listActivity = operation({
  method: 'get',
  path: '/api/organizations/:org/activity',
  action: 'activity.view',
  tag,
  summary: 'When each member was last active, by door; those idle the longest first.',
  params: orgParams,
  query: z.object({
    idle: Idle.optional().describe('Only members not active for so many days, or never.'),
    role: OrgRole.optional(),
    search: z.string().max(200).optional(),
    cursor: z.string().max(500).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  }),
  reply: z.array(MemberActivity),
  kind: 'page',
})

export const summarizeActivity = operation({
  method: 'get',
  path: '/api/organizations/:org/activity-summary',
  action: 'activity.view',
  tag,
  summary: 'How many members are active and idle, and how many were active in each of the last weeks.',
  params: orgParams,
  reply: z.object({
    members: z.number().int(),
    idle: z.object({ '30': z.number().int(), '60': z.number().int(), '90': z.number().int(), never: z.number().int() }),
    weeks: z.array(z.object({ from: Day, active: z.number().int() })).describe('The last twelve weeks, oldest first.'),
  }),
})

export const exportActivity = operation({
  method: 'get',
  path: '/api/organizations/:org/activity/export',
  action: 'activity.view',
  tag,
  summary: 'The activity of every member as CSV.',
  params: orgParams,
  query: z.object({ idle: Idle.optional() }),
  reply: z.string(),
  kind: 'stream',
})
