import type { IdentityProvider } from './idp-metadata.ts'
import type { ServiceProvider } from './service-provider.ts'

/** What an answer must match: both sides, the request that it answers, and the time. */
export interface Expected {
  sp: ServiceProvider
  idp: IdentityProvider
  requestId: string
  now: Date
}
