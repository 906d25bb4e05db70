import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { minuteOf, minuteSeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { badField, HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest, randomText } from '../kernel/secret.ts'
import { queueNotices } from '../mail/queue.ts'
import { composeMail, type Mail } from '../mail/templates.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import * as store from './break-glass-store.ts'
import { findAdminAddresses } from './people-store.ts'
import { sessionIdOf } from './session.ts'
import { putSsoSession } from './sign-in-store.ts'

type Sso = typeof api.sso

const sessionMinutes = 60
export const codesAtOnce = 10
const codeLength = 20

/** Lets an admin in without SSO for an hour, to repair it: a break-glass admin, or one with a one-time code. Tells all admins. */
export async function breakGlass(
  db: Db,
  permit: Permit<'sso.breakGlass'>,
  { code }: InputOf<Sso['breakGlass']>,
): Promise<ResultOf<Sso['breakGlass']>> {
  if (code !== undefined) await countAttempt(db, attemptLimits.code, permit.actor.id)
  const until = secondsFromNow(sessionMinutes * minuteSeconds)
  await transaction(db, async (tx) => {
    // With the membership for itself: two of these at once in one browser each hold its session, and then replace it
    const { org, actor } = await recheck(tx, permit, { members: [permit.actor.id] })
    if (org.ssoMode !== 'enforced') throw new HubError('Conflict', `${org.name} doesn’t enforce SSO. You have access.`)
    const key = { orgId: org.id, userId: actor.id }
    await proveRight(tx, key, code)
    const session = {
      ...key,
      id: newId(),
      sessionId: sessionIdOf(permit),
      isBreakGlass: true,
      subject: null,
      sid: null,
    }
    await putSsoSession(tx, { ...session, at: now(), expiresAt: until })
    await queueNotices(tx, org.id, await mailsAbout(tx, { org, user: actor.name, until }))
    const how = code === undefined ? 'as a break-glass admin' : 'with a one-time code'
    await record(tx, permit, {
      type: 'org.sso_break_glass',
      message: `got in without SSO ${how}, until ${minuteOf(until)}`,
      data: { user: { _id: actor.id, user: actor.name }, withCode: code !== undefined, until },
      scope: org.id,
    })
  })
  return { until: until.toISOString() }
}

async function proveRight(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
  code: string | undefined,
): Promise<void> {
  if (code !== undefined) {
    const hash = digest(plainCode(code))
    if (!(await store.spendCode(tx, { orgId, hash, userId, at: now() })))
      throw new HubError('Forbidden', 'code: Wrong code, or a used one.')
    return
  }
  const admins = await store.findBreakGlassAdmins(tx, orgId)
  if (!admins.some((admin) => admin.userId === userId))
    throw new HubError('Forbidden', 'You are not a break-glass admin of this organization. Enter a one-time code.')
}

function plainCode(code: string): string {
  return code.replace(/[\s-]/g, '')
}

async function mailsAbout(
  tx: Tx,
  { org, user, until }: { org: { id: string; name: string }; user: string; until: Date },
): Promise<Mail[]> {
  const addresses = await findAdminAddresses(tx, org.id, now())
  return addresses.map((to) =>
    composeMail({
      to,
      kind: 'organization',
      subject: `${user} got into ${org.name} without SSO`,
      paragraphs: [
        `${user} opened a break-glass session of ${org.name} until ${minuteOf(until)}. It reaches the pages of SSO, members, and the audit log.`,
        'If you did not expect this, talk to them, and look at the audit log.',
      ],
      button: { label: 'Open audit log', path: `/organizations/${encodeURIComponent(org.name)}/settings/audit-log` },
      footer: `You’re receiving this email because you’re an admin of ${org.name}.`,
    }),
  )
}

/** Sets who can get in without SSO. */
export async function saveBreakGlassAdmins(
  tx: Tx,
  permit: Permit<'sso.update'>,
  names: readonly string[],
): Promise<void> {
  const { org } = permit
  const saved = await store.setBreakGlassAdmins(tx, org.id, names, now())
  const missing = names.find((name) => !saved.some((each) => each.toLowerCase() === name.toLowerCase()))
  if (missing !== undefined) throw badField('admins', `“${missing}” is not an admin of ${org.name}`)
  const words =
    saved.length === 0 ? 'removed all break-glass admins' : `set the break-glass admins to ${saved.join(', ')}`
  await record(tx, permit, { type: 'org.settings.sso', message: words, data: { breakGlassAdmins: saved } })
}

/** Creates ten one-time codes; those from before stop working. */
export async function createBreakGlassCodes(
  db: Db,
  permit: Permit<'sso.createCodes'>,
): Promise<ResultOf<Sso['createBreakGlassCodes']>> {
  const codes = Array.from({ length: codesAtOnce }, () => randomText(codeLength))
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await store.replaceCodes(tx, permit.org.id, codes.map(digest))
    const message = `created ${codesAtOnce} one-time codes for getting in without SSO`
    await record(tx, permit, { type: 'org.settings.sso', message, data: { codes: codesAtOnce } })
  })
  return { codes: codes.map((code) => code.match(/.{5}/g)?.join('-') ?? code) }
}
