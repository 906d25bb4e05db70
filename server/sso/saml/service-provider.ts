import { createPrivateKey, webcrypto } from 'node:crypto'
import { generateServiceProviderMetadata, type SamlConfig } from '@node-saml/node-saml'
import { daySeconds, secondsFromNow } from '../../kernel/clock.ts'

/** Guildhall as one organization's identity provider knows it. */
export interface ServiceProvider {
  entityId: string
  acsUrl: string
  privateKey: string
  certificate: string
}

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
}
const lifetimeDays = 3650

/** Makes the key that signs requests and decrypts assertions, and a certificate that carries it to the identity provider. */
export async function createServiceProviderKey(
  name: string,
): Promise<Pick<ServiceProvider, 'privateKey' | 'certificate'>> {
  const keys = await webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify'])
  const certificate = await (await certificates()).X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [name] }],
      notBefore: secondsFromNow(-daySeconds),
      notAfter: secondsFromNow(lifetimeDays * daySeconds),
      signingAlgorithm: rsa,
      keys,
    },
    webcrypto,
  )
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  })
  return { privateKey: privateKey.toString(), certificate: `${certificate.toString('pem')}\n` }
}

// Loaded where it is needed, which is once per organization. It needs the global types of the other.
async function certificates(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

/** The metadata document that an identity provider imports. */
export function serviceProviderMetadata(sp: ServiceProvider): string {
  const { privateKey, certificate } = sp
  return generateServiceProviderMetadata({
    ...protocolOptions(sp),
    publicCerts: certificate,
    decryptionCert: certificate,
    privateKey,
    decryptionPvk: privateKey,
    identifierFormat: null,
    generateUniqueId: () => '_metadata',
  })
}

/** What the library needs to know about both sides, for requests, metadata, and signatures. */
export function protocolOptions({
  entityId,
  acsUrl,
}: ServiceProvider): Pick<
  SamlConfig,
  | 'issuer'
  | 'callbackUrl'
  | 'wantAssertionsSigned'
  | 'wantAuthnResponseSigned'
  | 'signatureAlgorithm'
  | 'digestAlgorithm'
> {
  return {
    issuer: entityId,
    callbackUrl: acsUrl,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
  }
}
