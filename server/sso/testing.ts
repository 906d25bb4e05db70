import type { SsoTestReport } from '../../api/sso.ts'
import { isAdminRole } from '../access/escalation.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import { type Db, transaction } from '../store/database.ts'
import { findGroupNames, findSsoConfig, type SsoConfig } from './config-store.ts'
import { foreignAddress, otherLink } from './finish.ts'
import { type Identity, type KeptIdentity, keptIdentity } from './identity/identity.ts'
import { judgeAddress, mappedGroups, mappedRole } from './identity/mapping.ts'
import { findLinks, hasVerified } from './sign-in-store.ts'
import { findTest, putTest } from './testing-store.ts'

/** A test sign-in: who it was about, and what it would have come to. */
export interface SsoTest {
  at: Date
  succeeded: boolean
  report: SsoTestReport
  /** Undefined where the answer could not be trusted. */
  identity: Identity | undefined
}

/** Keeps what a test sign-in came to, whether or not it would have succeeded; nothing else changes. */
export async function noteTest(
  db: Db,
  permit: Permit<'sso.signIn'>,
  { config, key }: { config: SsoConfig; key: InstanceKey },
  read: () => Promise<Identity>,
): Promise<void> {
  const { identity, problem } = await read().then(
    (found) => ({ identity: found, problem: undefined }),
    (error) => {
      if (!(error instanceof HubError)) throw error
      return { identity: undefined, problem: error.message }
    },
  )
  const report = identity === undefined ? failed(problem) : await reportOn(db, permit, { identity, config })
  const succeeded = report.problems.length === 0
  await transaction(db, async (tx) => {
    const { actor, org } = await recheck(tx, permit)
    const current = await findSsoConfig(tx, org.id)
    if (current?.updatedAt.getTime() !== config.updatedAt.getTime())
      throw new HubError('Conflict', 'The SSO settings have just changed. Test again.')
    const sealed = key.seal(JSON.stringify({ report, identity }))
    await putTest(tx, { orgId: org.id, userId: actor.id, at: now(), succeeded, report: sealed })
    const message = succeeded
      ? 'tested the SSO settings'
      : `tested the SSO settings, which failed: ${report.problems[0]}`
    await record(tx, permit, {
      type: 'org.settings.sso.test',
      message,
      data: { succeeded, problems: report.problems },
      scope: org.id,
    })
  })
}

function failed(problem = 'The sign-in failed.'): SsoTestReport {
  return { subject: null, email: null, role: null, groups: [], problems: [problem], notes: [], attributes: {} }
}

async function reportOn(
  db: Db,
  { actor, org }: Permit<'sso.signIn'>,
  { identity, config }: { identity: Identity; config: SsoConfig },
): Promise<SsoTestReport> {
  const { email, problem } = judgeAddress(identity, config)
  const { issuer, subject } = identity
  const links = await findLinks(db, { orgId: org.id, userId: actor.id, issuer, subject })
  const other = links.find((link) => link.userId !== actor.id || link.subject !== subject)
  const isHeld = email === undefined || (await hasVerified(db, actor.id, email))
  const problems = [
    problem,
    problem === undefined && email !== undefined && !isHeld ? foreignAddress(actor.name, email) : undefined,
    other && otherLink(actor.id, other),
  ].flatMap((each) => each ?? [])
  const mapped = mappedRole(identity, config)
  const role = mapped ?? (config.rolePath === null ? (org.standing?.role ?? org.defaultRole) : org.defaultRole)
  const groups = mappedGroups(identity, config) ?? []
  const names = await findGroupNames(
    db,
    org.id,
    groups.map(({ groupId }) => groupId),
  )
  return {
    ...{ subject, email: email ?? null, role: problems.length > 0 ? null : role, problems },
    groups: groups.flatMap(({ groupId, role: groupRole }) => {
      const name = names.get(groupId)
      return name === undefined ? [] : [{ id: groupId, name, role: groupRole }]
    }),
    notes:
      isAdminRole(role) || !isAdminRole(org.standing?.role ?? 'read')
        ? []
        : [`You’re an admin now. SSO would change your role to ${role}, unless you’re the last active admin.`],
    attributes: { ...identity.attributes },
  }
}

/** The last test sign-in of an admin at this identity provider, whatever the settings were. */
export async function lastTestOf(
  db: Db,
  key: InstanceKey,
  orgId: string,
  userId: string,
): Promise<SsoTest | undefined> {
  const row = await findTest(db, orgId, userId)
  if (row === undefined) return undefined
  const { report, identity } = JSON.parse(key.open(row.report)) as Pick<SsoTest, 'report'> & { identity?: KeptIdentity }
  return { at: row.at, succeeded: row.succeeded, report, identity: identity && keptIdentity(identity) }
}
