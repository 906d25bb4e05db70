import { badField } from '../kernel/errors.ts'
import { type Outbound, OutboundError } from '../outbound/outbound.ts'
import { type IdentityProvider, MetadataProblem, readIdpMetadata } from './saml/idp-metadata.ts'
import type { SamlServices } from './saml-sides.ts'

/** The same, and what fetches metadata. */
export interface FetchingServices extends SamlServices {
  readonly outbound: Outbound
}

/** Reads metadata that an admin pasted. */
export function readMetadata(xml: string): IdentityProvider {
  return named('metadata', () => readIdpMetadata(xml))
}

/** Fetches and reads metadata; what is wrong with either is said about the URL. */
export async function fetchMetadata(outbound: Outbound, url: string): Promise<IdentityProvider> {
  try {
    const reply = await outbound.fetch(url, { headers: { accept: 'application/samlmetadata+xml, application/xml' } })
    if (!reply.ok) throw new OutboundError(`${new URL(url).host} answered with status ${reply.status}.`)
    const xml = await reply.text()
    return named('metadataUrl', () => readIdpMetadata(xml))
  } catch (error) {
    throw error instanceof OutboundError ? badField('metadataUrl', error.message) : error
  }
}

function named(field: string, read: () => IdentityProvider): IdentityProvider {
  try {
    return read()
  } catch (error) {
    throw error instanceof MetadataProblem ? badField(field, error.message) : error
  }
}
