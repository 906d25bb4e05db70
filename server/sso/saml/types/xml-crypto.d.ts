import type { Document, Element } from '../dom.ts'

export class ExclusiveCanonicalization {
  process(element: Element, options: { ancestorNamespaces: object[] }): string
}

export function findAncestorNs(document: Document, path: string): object[]

interface SignatureAlgorithm {
  verifySignature(signed: string, key: string, value: string): boolean
}

export class SignedXml {
  constructor(options?: {
    privateKey: string
    publicCert: string
    signatureAlgorithm: string
    canonicalizationAlgorithm: string
  })
  SignatureAlgorithms: Record<string, (new () => SignatureAlgorithm) | undefined>
  addReference(reference: { xpath: string; transforms: string[]; digestAlgorithm: string }): void
  computeSignature(xml: string, options: { prefix: string; location: { reference: string; action: 'after' } }): void
  getSignedXml(): string
}
