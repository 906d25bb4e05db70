import { X509Certificate } from 'node:crypto'

/** What is shown of a certificate. `pem` is what signatures are checked with. */
export interface Certificate {
  pem: string
  subject: string
  fingerprint: string
  notBefore: Date
  notAfter: Date
}

/** Why a certificate cannot be used. */
export type CertificateProblem = 'unreadable' | 'not_rsa' | 'short_key'

const shortestKeyBits = 2048

/** Reads a certificate, as PEM or as the base64 of metadata. Expired ones are read too: signatures do not expire with them. */
export function readCertificate(text: string): Certificate | CertificateProblem {
  const certificate = parse(text)
  if (!certificate) return 'unreadable'
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
  if (asymmetricKeyType !== 'rsa') return 'not_rsa'
  if ((asymmetricKeyDetails?.modulusLength ?? 0) < shortestKeyBits) return 'short_key'
  return {
    pem: certificate.toString(),
    subject: certificate.subject.replaceAll('\n', ', '),
    fingerprint: certificate.fingerprint256,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  }
}

function parse(text: string): X509Certificate | undefined {
  const base64 = text.replace(/-----(BEGIN|END) CERTIFICATE-----/g, '').replace(/\s+/g, '')
  if (base64.length > 16_384 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}
