import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import { authorize } from '../access/authorize.ts'
import { recentSignInSeconds } from '../access/decide.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { maskAddress, record } from '../audit/record.ts'
import { now, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { digest, randomText } from '../kernel/secret.ts'
import { finishSignIn, linkedAccount, ssoIsOff } from '../sso/finish.ts'
import type { Identity } from '../sso/identity/identity.ts'
import { judgeAddress, nameIn } from '../sso/identity/mapping.ts'
import type { SsoServices } from '../sso/provider.ts'
import { beginUnsigned, openConfig, takeAnswer } from '../sso/sign-in.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import { noteFailure } from '../users/guessing/failures.ts'
import {
  createManaged,
  findAccountAt,
  findAccountById,
  requireOwnDomain,
  updateManaged,
} from '../users/managed/managed.ts'
import { replaceSession } from '../users/sessions/sessions.ts'
import { isProvisioned } from './entering-store.ts'

// Managed accounts have no password: their identity provider is the only way in, and no one is signed in before it.

type Api = typeof api.managedAccounts
type EnterPermit = Permit<'sso.enter'>

/** Starts a sign-in to a managed account; `browser` proves at its end that it is the same browser. */
export async function beginManagedSignIn(
  db: Db,
  permit: EnterPermit,
  { returnTo, again = false }: InputOf<Api['beginManagedSignIn']>,
  services: SsoServices,
): Promise<ResultOf<Api['beginManagedSignIn']>> {
  await countAttempt(db, attemptLimits.managedSignIn, maskAddress(permit.request.ip))
  const { org } = permit
  refuseUnmanaged(org)
  const browser = randomText(43)
  const start = { returnTo: returnTo ?? `/${org.name}`, asksAgain: again, browserHash: digest(browser) }
  return { ...(await beginUnsigned(db, org, start, services)), browser }
}

function refuseUnmanaged({ name, isManaged }: EnterPermit['org']): void {
  if (isManaged) return
  throw new HubError('Conflict', `${name} doesn’t manage accounts. Sign in to your own account first.`)
}

/**
 * Signs in to the managed account of the person whom the identity provider names, and begins their SSO session. Without an
 * account, one is created, and joins. Every refusal is in the audit log of the organization.
 */
export async function completeManagedSignIn(
  db: Db,
  permit: EnterPermit,
  { query, browser }: InputOf<Api['completeManagedSignIn']>,
  services: SsoServices,
): Promise<ResultOf<Api['completeManagedSignIn']>> {
  await countAttempt(db, attemptLimits.managedSignIn, maskAddress(permit.request.ip))
  const by = { sessionId: null, browserHash: digest(browser) }
  const { returnTo, asksAgain, read } = await takeAnswer(db, permit.org, { query, by }, services).catch(
    noting(db, permit),
  )
  try {
    const identity = await read()
    const confirmedAt = confirmedBy(identity, asksAgain)
    const { session, finished } = await transaction(db, (tx) => enter(tx, permit, identity, confirmedAt))
    return { reply: { ...finished, returnTo }, session }
  } catch (error) {
    if (error instanceof HubError) await recordRefusal(db, permit, error.message)
    throw error
  }
}

// No one is known yet: strangers can send this, so it is folded, and in the log of the instance.
function noting(db: Db, permit: EnterPermit): (error: unknown) => Promise<never> {
  return async (error) => {
    const { org } = permit
    if (error instanceof HubError) {
      const message = `was refused a sign-in to a managed account of ${org.name}`
      const data = { org: org.name, reason: error.message }
      await noteFailure(db, permit, { type: 'session.fail', message, user: undefined, about: `sso ${org.id}`, data })
    }
    throw error
  }
}

// A provider that keeps people signed in brings them here without a question, which is no recent sign-in. Where it doesn’t
// say when it last asked, it is trusted to do so when it is told to.
function confirmedBy({ authenticatedAt }: Identity, asksAgain: boolean): Date {
  const at = now()
  if (authenticatedAt === undefined) return asksAgain ? at : new Date(0)
  const isRecent = authenticatedAt > secondsFromNow(-recentSignInSeconds)
  if (asksAgain && !isRecent)
    throw new HubError(
      'Forbidden',
      'Your identity provider didn’t ask you to sign in again. Sign out there, then try again.',
    )
  return authenticatedAt < at ? authenticatedAt : at
}

async function enter(tx: Tx, permit: EnterPermit, identity: Identity, confirmedAt: Date) {
  const { org, request } = permit
  const account = await accountOf(tx, permit, identity)
  const { id, secret, expiresAt } = await replaceSession(tx, permit, account.id, confirmedAt)
  const credential = { kind: 'session', hash: digest(secret), address: request.address } as const
  const signing = await authorize(tx, { credential, request }, 'sso.signIn', { orgId: org.id })
  const finished = await finishSignIn(tx, signing, identity)
  const event = { type: 'session.create', message: 'signed in with the identity provider', data: { session: id } }
  await record(tx, permit, { ...event, author: account, scope: org.id })
  return { session: { secret, expiresAt }, finished }
}

async function accountOf(tx: Tx, permit: EnterPermit, identity: Identity): Promise<{ id: string; name: string }> {
  const { org } = permit
  refuseUnmanaged(org)
  const config = await openConfig(tx, org)
  if (config.issuer !== identity.issuer) throw ssoIsOff({ org })
  const { email, problem } = judgeAddress(identity, config)
  if (email === undefined || problem !== undefined) throw new HubError('Forbidden', problem ?? 'No email address.')
  await requireOwnDomain(tx, org.id, email)
  const linked = await linkedAccount(tx, org.id, identity)
  const known = linked === undefined ? await findAccountAt(tx, email) : await findAccountById(tx, linked)
  if (known === undefined) return create(tx, permit, { identity, email })
  refuseOthers(org, known)
  await update(tx, permit, { account: known, identity, email, isLinked: linked !== undefined })
  return { id: known.id, name: known.name }
}

interface Known {
  account: KnownAccount
  identity: Identity
  email: string
  isLinked: boolean
}

// The identity provider decides the name and the address of its accounts. Where it uses SCIM, the name comes from there.
async function update(tx: Tx, permit: EnterPermit, { account, identity, email, isLinked }: Known): Promise<void> {
  const { id, name, fullname: before } = account
  const isMoved = isLinked && (await findAccountAt(tx, email))?.id !== id
  const said = nameIn(identity)
  const isRenamed = said !== '' && said !== before && !(await isProvisioned(tx, permit.org.id, id))
  if (!isMoved && !isRenamed) return
  const fullname = isRenamed ? said : undefined
  await updateManaged(tx, id, { fullname, address: isMoved ? email : undefined })
  await record(tx, permit, {
    type: 'org.managed_account.update',
    message: 'got a new name or email address from the identity provider at a sign-in',
    data: {
      user: { _id: id, user: name },
      before: { fullname: before },
      after: { fullname: fullname ?? before, email },
    },
    author: { id, name },
  })
}

type KnownAccount = NonNullable<Awaited<ReturnType<typeof findAccountById>>>

function refuseOthers(org: { id: string; name: string }, { managedBy, isActive, name }: KnownAccount): void {
  if (managedBy !== org.id)
    throw new HubError(
      'Conflict',
      `You have an account of your own with this email address. Sign in to it first, then with SSO.`,
    )
  if (!isActive) throw new HubError('Forbidden', `The account ${name} is deactivated. Ask an admin of ${org.name}.`)
}

async function create(
  tx: Tx,
  permit: EnterPermit,
  { identity, email }: { identity: Identity; email: string },
): Promise<{ id: string; name: string }> {
  // A conversion waits for this, or this for it: no account is left behind in an organization that manages none.
  const { org } = await recheck(tx, permit)
  refuseUnmanaged(org)
  const fullname = nameIn(identity)
  const account = await createManaged(tx, { orgId: org.id, userName: email, fullname, address: email })
  const data = { user: { _id: account.id, user: account.name }, email }
  const message = 'got a managed account at the first sign-in'
  await record(tx, permit, { type: 'org.managed_account.create', message, data, author: account })
  return account
}

async function recordRefusal(db: Db, permit: EnterPermit, reason: string): Promise<void> {
  await transaction(db, (tx) =>
    record(tx, permit, { type: 'org.sso_fail', message: `could not sign in with SSO: ${reason}`, data: { reason } }),
  )
}
