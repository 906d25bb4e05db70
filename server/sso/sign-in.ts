import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { minuteSeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { digest, randomText } from '../kernel/secret.ts'
import { type Db, transaction } from '../store/database.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import { findSsoConfig, type SsoConfig } from './config-store.ts'
import { finishSignIn, ssoIsOff } from './finish.ts'
import type { Identity } from './identity/identity.ts'
import { type Expected, identityFrom, OidcError, signInUrl } from './oidc/oidc.ts'
import { type Beginner, insertPending, type PendingSignIn, takePending } from './pending-store.ts'
import { openOf, redirectUriOf, type SsoServices } from './provider.ts'
import { beginSaml } from './saml-answer.ts'
import { openIdentity, type SamlServices } from './saml-sides.ts'
import { sessionIdOf } from './session.ts'
import { noteTest } from './testing.ts'

type Sso = typeof api.sso
type Begun = ResultOf<Sso['beginSso']>

const pendingSeconds = 10 * minuteSeconds

/** Starts a sign-in of the caller, who is signed in to their account in this browser. */
export async function beginSso(
  db: Db,
  permit: Permit<'sso.signIn'>,
  { returnTo }: InputOf<Sso['beginSso']>,
  services: SsoServices,
): Promise<Begun> {
  const config = await openConfig(db, permit.org)
  return begin(db, permit, { config, returnTo: returnTo ?? `/${permit.org.name}`, isTest: false }, services)
}

/** Starts a test sign-in of an admin, whether or not SSO is on. */
export async function testSso(
  db: Db,
  permit: Permit<'sso.test'>,
  _input: InputOf<Sso['testSso']>,
  services: SsoServices,
): Promise<Begun> {
  const config = await findSsoConfig(db, permit.org.id)
  if (config === undefined) throw new HubError('Conflict', 'Set up the identity provider first.')
  return begin(
    db,
    permit,
    { config, returnTo: `/organizations/${permit.org.name}/settings/sso`, isTest: true },
    services,
  )
}

async function begin(
  db: Db,
  permit: Permit<'sso.signIn'> | Permit<'sso.test'>,
  { config, returnTo, isTest }: { config: SsoConfig; returnTo: string; isTest: boolean },
  services: SsoServices,
): Promise<Begun> {
  await countAttempt(db, attemptLimits.ssoSignIn, permit.actor.id)
  const by = { userId: permit.actor.id, sessionId: sessionIdOf(permit), browserHash: null }
  const { pending, location } = await startAt(
    db,
    permit.org,
    { config, returnTo, isTest, asksAgain: false, by },
    services,
  )
  await transaction(db, async (tx) => {
    await recheck(tx, permit)
    await insertPending(tx, pending, now())
  })
  return { location }
}

/** Starts a sign-in in a browser in which no one is signed in, and which has a secret to show for it at the end. */
export async function beginUnsigned(
  db: Db,
  org: Permit<'sso.signIn'>['org'],
  { returnTo, asksAgain, browserHash }: { returnTo: string; asksAgain: boolean; browserHash: Buffer },
  services: SsoServices,
): Promise<Begun> {
  const config = await openConfig(db, org)
  const by = { userId: null, sessionId: null, browserHash }
  const { pending, location } = await startAt(db, org, { config, returnTo, isTest: false, asksAgain, by }, services)
  await insertPending(db, pending, now())
  return { location }
}

/** The identity provider of an organization that uses SSO; `409` otherwise. */
export async function openConfig(db: Db, org: Permit<'sso.signIn'>['org']): Promise<SsoConfig> {
  const config = await findSsoConfig(db, org.id)
  if (config === undefined || config.mode === 'off') throw ssoIsOff({ org })
  return config
}

interface Start extends Pick<PendingSignIn, 'returnTo' | 'isTest' | 'asksAgain'> {
  config: SsoConfig
  by: Beginner
}

// Works out where the identity provider takes over, and what to keep until it answers.
async function startAt(
  db: Db,
  org: Permit<'sso.signIn'>['org'],
  { config, returnTo, isTest, asksAgain, by }: Start,
  services: SsoServices,
): Promise<{ pending: PendingSignIn; location: string }> {
  const expected: Expected = { state: randomText(43), nonce: randomText(43), codeVerifier: randomText(64) }
  const { location, requestId } = await addressOf(db, org, { config, expected, asksAgain }, services)
  const pending = {
    ...{ ...by, stateHash: digest(expected.state), orgId: org.id },
    ...{ isTest, asksAgain, protocol: config.protocol, nonce: expected.nonce },
    ...{ codeVerifier: services.key.seal(expected.codeVerifier), requestId, returnTo, identity: null },
    expiresAt: secondsFromNow(pendingSeconds),
  }
  return { pending, location }
}

async function addressOf(
  db: Db,
  org: Permit<'sso.signIn'>['org'],
  { config, expected, asksAgain }: { config: SsoConfig; expected: Expected; asksAgain: boolean },
  services: SsoServices,
): Promise<{ location: string; requestId: string | null }> {
  if (config.protocol === 'saml')
    return beginSaml(db, samlServices(services), org, { relayState: expected.state, asksAgain })
  const provider = await refusing(openOf(config, org, services))
  return {
    location: await signInUrl(provider, expected, { redirectUri: redirectUriOf(org, services), asksAgain }),
    requestId: null,
  }
}

// What the provider says or sends is no fault of the server.
async function refusing<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error) => {
    throw error instanceof OidcError ? new HubError('Unprocessable', error.message) : error
  })
}

/**
 * Completes a sign-in with what the identity provider sent to this browser. What began is taken first, so that no answer
 * counts twice; every refusal is in the audit log of the organization.
 */
export async function completeSso(
  db: Db,
  permit: Permit<'sso.signIn'>,
  { query }: InputOf<Sso['completeSso']>,
  services: SsoServices,
): Promise<ResultOf<Sso['completeSso']>> {
  await countAttempt(db, attemptLimits.ssoSignIn, permit.actor.id)
  try {
    return await complete(db, permit, query, services)
  } catch (error) {
    if (error instanceof HubError) await recordRefusal(db, permit, error.message)
    throw error
  }
}

async function complete(
  db: Db,
  permit: Permit<'sso.signIn'>,
  query: string,
  services: SsoServices,
): Promise<ResultOf<Sso['completeSso']>> {
  const by = { sessionId: sessionIdOf(permit), browserHash: null }
  const { config, returnTo, isTest, read } = await takeAnswer(db, permit.org, { query, by }, services)
  if (isTest) {
    await noteTest(db, permit, { config, key: services.key }, read)
    return { outcome: 'tested', returnTo, role: null }
  }
  const { outcome, role } = await finishSignIn(db, permit, await read())
  return { outcome, role, returnTo }
}

interface Taken extends Pick<PendingSignIn, 'returnTo' | 'isTest' | 'asksAgain'> {
  config: SsoConfig
  read: () => Promise<Identity>
}

/** Takes the sign-in that began in a browser, so that no answer counts twice; `read` checks what the provider sent. */
export async function takeAnswer(
  db: Db,
  org: Permit<'sso.signIn'>['org'],
  { query, by }: { query: string; by: Pick<Beginner, 'sessionId' | 'browserHash'> },
  services: SsoServices,
): Promise<Taken> {
  const state = new URLSearchParams(query).get('state') ?? ''
  const pending = await takePending(db, { stateHash: digest(state), orgId: org.id, at: now() }, by)
  if (pending === undefined) throw noSignIn()
  const config = await findSsoConfig(db, org.id)
  if (config === undefined || config.protocol !== pending.protocol) throw ssoIsOff({ org })
  const { returnTo, isTest, asksAgain } = pending
  return {
    config,
    returnTo,
    isTest,
    asksAgain,
    read: () => identityOf(org, { pending, config, state, query }, services),
  }
}

function noSignIn(): HubError {
  return new HubError('BadRequest', 'This sign-in has expired, is complete, or began in another browser. Start again.')
}

interface Answer {
  pending: PendingSignIn
  config: SsoConfig
  state: string
  query: string
}

async function identityOf(
  org: Permit<'sso.signIn'>['org'],
  { pending, config, state, query }: Answer,
  services: SsoServices,
): Promise<Identity> {
  const { codeVerifier, nonce } = pending
  if (pending.protocol === 'saml') return keptIdentity(pending, services)
  if (codeVerifier === null || nonce === null) throw noSignIn()
  const expected = { state, nonce, codeVerifier: services.key.open(codeVerifier) }
  const answer = new URL(redirectUriOf(org, services))
  answer.search = query
  return refusing(openOf(config, org, services).then((provider) => identityFrom(provider, answer, expected)))
}

// The response came first, from another site: it was checked and kept, and this is the browser that began.
function keptIdentity({ identity }: PendingSignIn, { key }: SsoServices): Identity {
  if (identity === null) throw noSignIn()
  return openIdentity(key, identity)
}

function samlServices({ key, links }: SsoServices): SamlServices {
  return { key, publicUrl: links.publicUrl }
}

async function recordRefusal(db: Db, permit: Permit<'sso.signIn'>, reason: string): Promise<void> {
  const { actor, org } = permit
  await transaction(db, (tx) =>
    record(tx, permit, {
      type: 'org.sso_fail',
      message: `could not sign in with SSO: ${reason}`,
      data: { user: { _id: actor.id, user: actor.name }, reason },
      scope: org.id,
    }),
  )
}
