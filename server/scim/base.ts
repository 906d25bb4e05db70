import type { ScimBase } from '../../api/scim.ts'
import { HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'
import type { Db } from '../store/database.ts'
import { isManaged } from './base-store.ts'

/** `basic`: people have accounts of their own and are invited. `managed`: the identity provider owns the accounts. */
export type ScimKind = 'basic' | 'managed'

/** How SCIM works in an organization. */
export async function kindOf(db: Db, orgId: string): Promise<ScimKind> {
  return (await isManaged(db, orgId)) ? 'managed' : 'basic'
}

const bases: Record<ScimKind, ScimBase> = { basic: 'scim-provisioning', managed: 'scim' }

/** Refuses a request to the base that is not the organization’s. */
export async function requireBase(db: Db, org: { id: string; name: string }, base: ScimBase): Promise<void> {
  const own = bases[await kindOf(db, org.id)]
  if (base !== own) throw new HubError('NotFound', `SCIM for ${org.name} is at ${basePath(org.name, own)}.`)
}

function basePath(org: string, base: ScimBase): string {
  return `/api/organizations/${encodeURIComponent(org)}/${base}/v2`
}

/** The URL that is entered at the identity provider. */
export function tenantUrl({ publicUrl }: Links, org: string, kind: ScimKind): string {
  return publicUrl + basePath(org, bases[kind])
}

/** Where one resource is. */
export function locationOf(
  { publicUrl }: Links,
  { org, base }: { org: string; base: ScimBase },
  path: `/${string}`,
): string {
  return publicUrl + basePath(org, base) + path
}
