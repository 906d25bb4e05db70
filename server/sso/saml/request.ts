import { SAML } from '@node-saml/node-saml'
import type { IdentityProvider } from './idp-metadata.ts'
import { protocolOptions, type ServiceProvider } from './service-provider.ts'

/**
 * The address to send the browser to: a signed AuthnRequest with this ID, by the HTTP-Redirect binding. With `asksAgain`,
 * the person is asked to sign in there in any case.
 */
export async function authnRequestUrl(
  sp: ServiceProvider,
  idp: IdentityProvider,
  request: { id: string; relayState: string; asksAgain: boolean },
): Promise<string> {
  const saml = new SAML({
    ...protocolOptions(sp),
    privateKey: sp.privateKey,
    entryPoint: idp.ssoUrl,
    idpCert: idp.certificates.map(({ pem }) => pem),
    // The identity provider decides which NameID it sends and how it asks for a password.
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    forceAuthn: request.asksAgain,
    generateUniqueId: () => request.id,
  })
  return saml.getAuthorizeUrlAsync(request.relayState, undefined, {})
}
