import { z } from 'zod'
import { operation } from './operation.ts'
import { Id, OrgRole, orgParams, Plan, Time } from './shapes.ts'

const tag = 'Seats and activity'
const Day = z.iso.date()

export const Seats = z.object({
  plan: Plan,
  limit: z.number().int().nullable().describe('Seat limit; null for no limit.'),
  used: z.number().int().describe('Members and, on paid plans, pending invitations.'),
  members: z.number().int(),
  pending: z.number().int().describe('Pending invitations. Each uses a seat on paid plans.'),
  free: z.number().int().nullable(),
  billed: z
    .number()
    .int()
    .describe(
      'Most seats used at the same time since the period started. Fewer seats are charged from the next period on.',
    ),
  history: z
    .array(z.object({ day: Day, members: z.number().int(), pending: z.number().int() }))
    .describe('One entry per day with the highest value, oldest first, at most 400.'),
})
export type Seats = z.infer<typeof Seats>

export const getSeats = operation({
  method: 'get',
  path: '/api/organizations/:org/billing/seats',
  action: 'billing.view',
  tag,
  summary: 'Get the seats used, reserved, and available, now and over time.',
  params: orgParams,
  query: z.object({ days: z.coerce.number().int().min(1).max(400).default(90) }),
  reply: Seats,
})

export const Invoice = z.object({
  plan: Plan,
  currency: z.string().describe('ISO 4217.'),
  seatPrice: z
    .number()
    .int()
    .describe('Monthly price of one seat, in hundredths of the currency. Set by a site admin.'),
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
  nextPeriodTotal: z.number().int().describe('Cost of the next full month with the current seats.'),
})
export type Invoice = z.infer<typeof Invoice>

export const previewInvoice = operation({
  method: 'get',
  path: '/api/organizations/:org/billing/preview',
  action: 'billing.view',
  tag,
  summary: 'Preview the next invoice. Seats added during the month are charged by day. No payment is taken.',
  params: orgParams,
  reply: Invoice,
})

export const exportSeats = operation({
  method: 'get',
  path: '/api/organizations/:org/billing/export',
  action: 'billing.view',
  tag,
  summary: 'Download the seats of each day as CSV.',
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
  lastActiveAt: Time.nullable().describe('Accurate to 15 minutes; null if never active since joining.'),
  doors: z.object({
    web: Time.nullable(),
    api: Time.nullable(),
    git: Time.nullable().describe('Includes LFS files.'),
    sso: Time.nullable(),
  }),
})
export type MemberActivity = z.infer<typeof MemberActivity>

export const listActivity = operation({
  method: 'get',
  path: '/api/organizations/:org/activity',
  action: 'activity.view',
  tag,
  summary: 'List when each member was last active on each channel, least recently active first.',
  params: orgParams,
  query: z.object({
    idle: Idle.optional().describe('Only members who haven’t been active for this number of days, or never.'),
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
  summary: 'Count active and inactive members, and active members in each of the last weeks.',
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
  summary: 'Download the activity of all members as CSV.',
  params: orgParams,
  query: z.object({ idle: Idle.optional() }),
  reply: z.string(),
  kind: 'stream',
})
