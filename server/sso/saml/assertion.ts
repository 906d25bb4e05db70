import type { Element } from './dom.ts'
import type { Expected } from './expected.ts'
import { skewMs } from './limits.ts'
import { readAttributes, readNameId } from './person.ts'
import { SamlRefusal } from './refusal.ts'
import { attributeOf, children, is, onlyChild, textOf } from './xml.ts'

/** What a signed assertion says about a person, and until when it must be remembered as used. */
export interface CheckedAssertion {
  id: string
  expiresAt: Date
  nameId: string
  nameIdFormat: string | undefined
  attributes: Record<string, string[]>
  sessionIndex: string | undefined
  authenticatedAt: Date
  sessionNotOnOrAfter: Date | undefined
}

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

/** Checks the assertion that the signature covers: who made it, for whom, for which request, and when. */
export function checkAssertion(assertion: Element, expected: Expected): CheckedAssertion {
  const id = checkHead(assertion, expected)
  const subject = onlyChild(assertion, 'assertion', 'Subject')
  if (!subject) throw new SamlRefusal('name_id', 'No Subject')
  const confirmedUntil = checkConfirmation(subject, expected)
  const validUntil = checkConditions(assertion, expected)
  return {
    id,
    expiresAt: new Date(Math.max(confirmedUntil, validUntil) + skewMs),
    ...readNameId(subject),
    attributes: readAttributes(assertion),
    ...readSession(assertion, expected.now),
  }
}

function checkHead(assertion: Element, { idp, now }: Expected): string {
  if (!is(assertion, 'assertion', 'Assertion') || attributeOf(assertion, 'Version') !== '2.0')
    throw new SamlRefusal('malformed', 'Not a SAML 2.0 assertion')
  const issuer = onlyChild(assertion, 'assertion', 'Issuer')
  const named = issuer ? textOf(issuer) : undefined
  if (named !== idp.entityId) throw new SamlRefusal('issuer', named ?? 'The assertion has no Issuer')
  const issued = timeOf(assertion, 'IssueInstant')
  if (issued === undefined) throw new SamlRefusal('malformed', 'No IssueInstant')
  if (issued > now.getTime() + skewMs) throw new SamlRefusal('not_yet_valid', `Issued at ${iso(issued)}`)
  const id = attributeOf(assertion, 'ID')
  if (!id || id.length > 256) throw new SamlRefusal('malformed', 'No usable ID')
  return id
}

// SAML profiles §4.1.4.2: a bearer confirmation names the recipient, the request, and an end.
function checkConfirmation(subject: Element, expected: Expected): number {
  const confirmations = children(subject, 'assertion', 'SubjectConfirmation')
  const bearers = confirmations.filter((element) => attributeOf(element, 'Method') === bearer)
  const [only, ...more] = bearers
  if (!only || more.length > 0) throw new SamlRefusal('confirmation', `${bearers.length} bearer confirmations`)
  const data = onlyChild(only, 'assertion', 'SubjectConfirmationData')
  if (!data) throw new SamlRefusal('confirmation', 'No SubjectConfirmationData')
  const recipient = attributeOf(data, 'Recipient')
  if (recipient !== expected.sp.acsUrl) throw new SamlRefusal('recipient', recipient ?? 'No Recipient')
  const request = attributeOf(data, 'InResponseTo')
  if (request !== expected.requestId) throw new SamlRefusal('in_response_to', request ?? 'No InResponseTo')
  return checkWindow(data, expected.now)
}

function checkConditions(assertion: Element, { sp, now }: Expected): number {
  const conditions = onlyChild(assertion, 'assertion', 'Conditions')
  if (!conditions) throw new SamlRefusal('audience', 'No Conditions')
  const restrictions = children(conditions, 'assertion', 'AudienceRestriction')
  // Every restriction must allow it; in one of them, any audience will do.
  const allowed = restrictions.every((restriction) => audiencesOf(restriction).includes(sp.entityId))
  if (restrictions.length === 0 || !allowed)
    throw new SamlRefusal('audience', restrictions.flatMap(audiencesOf).join(', ') || 'No Audience')
  return checkWindow(conditions, now)
}

function audiencesOf(restriction: Element): (string | undefined)[] {
  return children(restriction, 'assertion', 'Audience').map(textOf)
}

function checkWindow(element: Element, now: Date): number {
  const start = timeOf(element, 'NotBefore')
  const end = timeOf(element, 'NotOnOrAfter')
  if (start !== undefined && start > now.getTime() + skewMs)
    throw new SamlRefusal('not_yet_valid', `From ${iso(start)}`)
  if (end === undefined) throw new SamlRefusal('expired', `${element.localName} has no NotOnOrAfter`)
  if (end <= now.getTime() - skewMs) throw new SamlRefusal('expired', `Until ${iso(end)}`)
  return end
}

type Session = Pick<CheckedAssertion, 'sessionIndex' | 'authenticatedAt' | 'sessionNotOnOrAfter'>

function readSession(assertion: Element, now: Date): Session {
  const [statement] = children(assertion, 'assertion', 'AuthnStatement')
  if (!statement) throw new SamlRefusal('malformed', 'No AuthnStatement')
  const end = timeOf(statement, 'SessionNotOnOrAfter')
  if (end !== undefined && end <= now.getTime() - skewMs) throw new SamlRefusal('session_ended', `At ${iso(end)}`)
  const authenticated = timeOf(statement, 'AuthnInstant')
  if (authenticated === undefined) throw new SamlRefusal('malformed', 'No AuthnInstant')
  return {
    sessionIndex: attributeOf(statement, 'SessionIndex'),
    authenticatedAt: new Date(authenticated),
    sessionNotOnOrAfter: end === undefined ? undefined : new Date(end),
  }
}

// Times of SAML are in UTC, with a Z or, by some, with an offset.
function timeOf(element: Element, name: string): number | undefined {
  const text = attributeOf(element, name)
  if (text === undefined) return undefined
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new SamlRefusal('malformed', `${name} is not a time`)
  return time
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
