import type { ScimBase } from '../../api/scim.ts'
import { HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'

// Where people have accounts of their own, and are invited. The other base is for organizations whose identity provider
// owns the accounts, and no organization is one yet.
const ownBase: ScimBase = 'scim-provisioning'

/** Refuses a request to the base that is not the organization’s. */
export function requireBase(org: { name: string }, base: ScimBase): void {
  if (base !== ownBase) throw new HubError('NotFound', `SCIM for ${org.name} is at ${basePath(org.name, ownBase)}.`)
}

function basePath(org: string, base: ScimBase): string {
  return `/api/organizations/${encodeURIComponent(org)}/${base}/v2`
}

/** The URL that is entered at the identity provider. */
export function tenantUrl({ publicUrl }: Links, org: string): string {
  return publicUrl + basePath(org, ownBase)
}

/** Where one resource is. */
export function locationOf(
  { publicUrl }: Links,
  { org, base }: { org: string; base: ScimBase },
  path: `/${string}`,
): string {
  return publicUrl + basePath(org, base) + path
}
