/** Why a response or metadata is refused, with the sentence for the person who signs in. */
export const refusals = {
  malformed: 'The identity provider sent a response that is not valid SAML 2.0.',
  too_large: 'The identity provider sent a response that is too large.',
  doctype: 'The identity provider sent a response with a DOCTYPE, a comment, or a processing instruction.',
  duplicate_id: 'The identity provider sent a response in which two elements have the same ID.',
  status: 'The identity provider did not sign you in.',
  unsolicited: 'Sign-in must start in Guildhall. Sign-in that starts at the identity provider is not supported.',
  destination: 'The response is for another address. Check the ACS URL at the identity provider.',
  issuer: 'The response comes from another identity provider. Check the entity ID in the SSO settings.',
  assertions: 'The response must contain exactly one assertion.',
  unsigned: 'The assertion is not signed. Turn on signed assertions at the identity provider.',
  weak_algorithm: 'The response is signed or encrypted with an algorithm that is not accepted. Use RSA with SHA-256.',
  signature: 'The signature does not match the certificates in the SSO settings.',
  encryption:
    'The encrypted assertion could not be read. Check the certificates, and that the identity provider signs the assertion.',
  audience: 'The response is for another service. Check the entity ID (audience) at the identity provider.',
  recipient: 'The assertion is for another address. Check the ACS URL at the identity provider.',
  in_response_to: 'The response does not belong to this sign-in. Sign in again.',
  confirmation: 'The assertion does not confirm the person by the bearer method.',
  not_yet_valid: 'The response is not valid yet. Check the clocks of both servers.',
  expired: 'The response has expired. Sign in again.',
  session_ended: 'Your session at the identity provider has ended. Sign in again.',
  name_id: 'The response has no usable NameID. Use a persistent ID or the email address.',
  replayed: 'This response was already used. Sign in again.',
} as const

export type SamlReason = keyof typeof refusals

/** A response that must not sign anyone in. `detail` is for admins: the audit log and the test sign-in show it. */
export class SamlRefusal extends Error {
  readonly reason: SamlReason
  readonly detail: string | undefined

  constructor(reason: SamlReason, detail?: string) {
    super(refusals[reason])
    this.name = 'SamlRefusal'
    this.reason = reason
    this.detail = detail?.slice(0, 300)
  }
}
