import type { ScimBase } from '../../api/scim.ts'
import { HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'

interface NamedOrg {
  name: string
  isManaged: boolean
}

// Under Basic SSO, people have accounts of their own, and are invited. Under Managed SSO, the organization owns them.
function ownBase({ isManaged }: NamedOrg): ScimBase {
  return isManaged ? 'scim' : 'scim-provisioning'
}

/** Refuses a request to the base that is not the organization’s. */
export function requireBase(org: NamedOrg, base: ScimBase): void {
  const own = ownBase(org)
  if (base !== own) throw new HubError('NotFound', `SCIM for ${org.name} is at ${basePath(org.name, own)}.`)
}

/** The same for one that was converted since it was seen. */
export function requireStill(seen: NamedOrg, org: NamedOrg): void {
  requireBase(org, ownBase(seen))
}

function basePath(org: string, base: ScimBase): string {
  return `/api/organizations/${encodeURIComponent(org)}/${base}/v2`
}

/** The URL that is entered at the identity provider. */
export function tenantUrl({ publicUrl }: Links, org: NamedOrg): string {
  return publicUrl + basePath(org.name, ownBase(org))
}

/** Where one resource is. */
export function locationOf(
  { publicUrl }: Links,
  { org, base }: { org: string; base: ScimBase },
  path: `/${string}`,
): string {
  return publicUrl + basePath(org, base) + path
}
