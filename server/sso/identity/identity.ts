/** What an identity provider said about a person, once its protocol has checked it. */
export interface Identity {
  /** The issuer of OpenID Connect, or the entity ID of a SAML identity provider. */
  issuer: string
  /** What the person is called there for good: `sub`, or the NameID. */
  subject: string
  /** An email address that the subject itself is: the NameID of SAML where its format says so. */
  email?: string | undefined
  /** All claims or attributes that were signed, by name. */
  attributes: Readonly<Record<string, unknown>>
  /** The session at the identity provider: `sid`, or `SessionIndex`. */
  sid?: string | undefined
  /** When the person last proved there who they are, where it says so. */
  authenticatedAt?: Date | undefined
  /** Until when the identity provider lets a session last: `SessionNotOnOrAfter`. */
  notOnOrAfter?: Date | undefined
}

type Times = 'authenticatedAt' | 'notOnOrAfter'

/** An identity as it comes out of JSON: with its times as text. */
export type KeptIdentity = Omit<Identity, Times> & { [Name in Times]?: string }

/** The identity that was kept as JSON. */
export function keptIdentity({ authenticatedAt, notOnOrAfter, ...identity }: KeptIdentity): Identity {
  return { ...identity, authenticatedAt: dateOf(authenticatedAt), notOnOrAfter: dateOf(notOnOrAfter) }
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
