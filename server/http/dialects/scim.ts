import { z } from 'zod'
import { scimAddress } from './addresses.ts'
import type { Dialect, Refusal } from './dialect.ts'
import { hub } from './hub.ts'

/** What identity providers speak (RFC 7644): resources with fields of their own, and refusals as §3.12 has them. */
export const scim: Dialect = {
  ...hub,
  mediaType: 'application/scim+json; charset=utf-8',
  errorBody: (refusal) => {
    const { status, message: detail } = refusal
    const scimType = scimTypeOf(refusal)
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
    return JSON.stringify({ schemas, status: String(status), ...(scimType !== undefined && { scimType }), detail })
  },
  error: z.object({
    schemas: z.array(z.string()),
    status: z.string(),
    scimType: z.string().optional(),
    detail: z.string(),
  }),
  addresses: scimAddress,
}

// A rule says which; what is refused before one is asked is a request that could not be read.
function scimTypeOf({ status, extra }: Refusal): unknown {
  return extra.body?.scimType ?? (status === 400 ? 'invalidSyntax' : undefined)
}
