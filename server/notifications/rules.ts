import type * as api from '../../api/index.ts'
import type { ResultOf } from '../../api/index.ts'
import { readerOf } from '../access/lists.ts'
import type { Permit } from '../access/permit.ts'
import { isVoid } from '../joining/entrance/reply.ts'
import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { graceEndsAt } from '../orgs/domain-checks.ts'
import type { Db } from '../store/database.ts'
import { ownId } from '../users/accounts/accounts.ts'
import { restoreDays } from '../users/accounts/whoami.ts'
import { findWaiting, type WaitingRow } from './notifications-store.ts'

type Reply = ResultOf<typeof api.notifications.listNotifications>
type Notification = api.notifications.Notification

const soonDays = 14

/** Tells what waits for the caller, what is most urgent first. */
export async function listNotifications(db: Db, permit: Permit<'account.notifications'>): Promise<Reply> {
  const { hasTwoFactor, isOperator, emailVerified } = permit.actor
  const rows = await findWaiting(db, {
    userId: ownId(permit),
    token: readerOf(permit).token,
    hasTwoFactor,
    sessionId: permit.actor.token ? null : (permit.actor.session?.id ?? null),
    isOperator,
    at: now(),
    soon: secondsFromNow(soonDays * daySeconds),
    restorableSince: secondsFromNow(-restoreDays * daySeconds),
  })
  const told = rows.filter(isAlive).flatMap((row) => notificationOf(row) ?? [])
  const unverified: Notification[] = emailVerified ? [] : [bare('email_unverified')]
  return { notifications: [...unverified, ...told], organizations: pendingOf(rows) }
}

function bare(kind: Notification['kind']): Notification {
  return { kind, organization: null, count: 1, id: null, about: null, at: null }
}

function isAlive({ kind, role, inviter_role }: WaitingRow): boolean {
  return kind !== 'invitation' || role === null || !isVoid({ state: 'pending', role, inviter_role })
}

function notificationOf({ kind, organization, fullname, count, id, about, at }: WaitingRow): Notification | undefined {
  if (kind === 'pending_invitations') return undefined
  const org = organization === null ? null : { name: organization, fullname: fullname ?? '' }
  return { ...bare(kind), organization: org, count, id, about, at: endOf(kind, at)?.toISOString() ?? null }
}

// Of what can be undone for some days, the end of those.
function endOf(kind: Notification['kind'], at: Date | null): Date | null {
  if (kind === 'domain_failing') return graceEndsAt({ failing_since: at })
  return kind === 'restorable' && at ? new Date(at.getTime() + restoreDays * daySeconds * 1000) : at
}

function pendingOf(rows: readonly WaitingRow[]): Reply['organizations'] {
  const counts = rows.filter(({ kind }) => kind === 'join_requests' || kind === 'pending_invitations')
  return [...Map.groupBy(counts, ({ organization }) => organization ?? '')].map(([name, found]) => {
    const of = (kind: WaitingRow['kind']) => found.find((row) => row.kind === kind)?.count ?? 0
    return { name, requests: of('join_requests'), invitations: of('pending_invitations') }
  })
}
