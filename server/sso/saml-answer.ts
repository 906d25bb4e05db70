import type { InputOf, ResultOf, saml } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { digest } from '../kernel/secret.ts'
import { type Db, transaction } from '../store/database.ts'
import { noteFailure } from '../users/guessing/failures.ts'
import { noteUsed } from './pending-store.ts'
import type { CheckedAssertion } from './saml/assertion.ts'
import { SamlRefusal } from './saml/refusal.ts'
import { authnRequestUrl } from './saml/request.ts'
import { checkResponse } from './saml/response.ts'
import { serviceProviderMetadata } from './saml/service-provider.ts'
import { findSides, type NamedOrg, type SamlServices, sealIdentity } from './saml-sides.ts'
import { deletePending, findPendingSaml, keepIdentity, type PendingSaml } from './saml-store.ts'

type Saml = typeof saml

/** Begins a sign-in: where to send the browser, and the ID that the answer must name. */
export async function beginSaml(
  db: Db,
  services: SamlServices,
  org: NamedOrg,
  asked: { relayState: string; asksAgain: boolean },
): Promise<{ location: string; requestId: string }> {
  const sides = await findSides(db, services, org)
  if (!sides) throw noSaml()
  // An XML ID must not begin with a digit
  const requestId = `_${newId()}${newId()}`
  return { location: await authnRequestUrl(sides.sp, sides.idp, { id: requestId, ...asked }), requestId }
}

/** The metadata document of an organization. */
export async function getSamlMetadata(
  db: Db,
  { org }: Permit<'sso.viewMetadata'>,
  _input: InputOf<Saml['getSamlMetadata']>,
  services: SamlServices,
): Promise<ResultOf<Saml['getSamlMetadata']>> {
  const sides = await findSides(db, services, org)
  if (!sides) throw noSaml()
  const body = serviceProviderMetadata(sides.sp)
  return { contentType: 'application/samlmetadata+xml', body, etag: `"${digest(body).toString('hex', 0, 16)}"` }
}

/**
 * Checks a response and keeps what it says. It is posted from another site and so has no cookie: the page that it
 * redirects to has, sees whether the browser is the one that began, and makes the session.
 */
export async function answerSaml(
  db: Db,
  permit: Permit<'sso.answer'>,
  { SAMLResponse, RelayState = '' }: InputOf<Saml['answerSaml']>,
  services: SamlServices,
): Promise<ResultOf<Saml['answerSaml']>> {
  const { org } = permit
  const stateHash = digest(RelayState)
  const pending = await findPendingSaml(db, org.id, stateHash)
  try {
    const sides = await findSides(db, services, org)
    if (!sides) throw noSaml()
    if (!pending) throw new SamlRefusal('unsolicited')
    const answer = await checkResponse(SAMLResponse, { ...sides, requestId: pending.requestId, now: now() })
    await keep(db, {
      orgId: org.id,
      stateHash,
      answer,
      identity: sealIdentity(services.key, sides.idp.entityId, answer),
    })
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error
    await noteRefusal(db, permit, { pending, stateHash, refusal: error })
    throw new HubError(
      'Forbidden',
      pending?.isTest && error.detail ? `${error.message} (${error.detail})` : error.message,
    )
  }
  return { location: `${services.publicUrl}/sso/${org.name}/callback?state=${encodeURIComponent(RelayState)}` }
}

interface Kept {
  orgId: string
  stateHash: Buffer
  answer: CheckedAssertion
  identity: Buffer
}

async function keep(db: Db, { orgId, stateHash, answer, identity }: Kept): Promise<void> {
  await transaction(db, async (tx) => {
    if (!(await noteUsed(tx, orgId, answer.id, answer.expiresAt))) throw new SamlRefusal('replayed')
    if (!(await keepIdentity(tx, stateHash, identity))) throw new SamlRefusal('replayed')
  })
}

interface Refused {
  pending: PendingSaml | undefined
  stateHash: Buffer
  refusal: SamlRefusal
}

// One event for each sign-in that someone began; what strangers post is folded, and goes to the log of the instance.
async function noteRefusal(
  db: Db,
  permit: Permit<'sso.answer'>,
  { pending, stateHash, refusal }: Refused,
): Promise<void> {
  const { org } = permit
  const data = { reason: refusal.reason, detail: refusal.detail ?? null }
  if (pending === undefined)
    return noteFailure(db, permit, {
      type: 'session.fail',
      message: `was refused a SAML sign-in to ${org.name}`,
      user: undefined,
      about: `saml ${org.id}`,
      data: { org: org.name, ...data },
    })
  await transaction(db, async (tx) => {
    if (!(await deletePending(tx, stateHash))) return
    const { userId, userName } = pending
    const message = `could not sign in with SAML: ${refusal.message}`
    const author = userId === null || userName === null ? {} : { author: { id: userId, name: userName } }
    await record(tx, permit, { type: 'org.sso_fail', message, data, ...author })
  })
}

function noSaml(): HubError {
  return new HubError('NotFound', 'This organization has no SAML single sign-on.')
}
