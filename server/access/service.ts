import type { OrgRole } from '../../api/index.ts'

/** What an account of an organization is: a service account, the identity of the organization's API token, or its identity provider. */
export type ServiceKind = 'service_account' | 'organization' | 'scim'

/** The organization that an account belongs to, and the most that its tokens can give there. */
export interface Service {
  orgId: string
  kind: ServiceKind
  role: OrgRole
  /** The token at hand works from any IP address. */
  skipsNetwork: boolean
}

// A token never gives more than its scope; of these roles that is the only bound a service account has.
const roles = { service_account: 'admin', organization: 'read', scim: 'no_access' } as const satisfies Record<
  ServiceKind,
  OrgRole
>

/** Whose service account a caller is; undefined for people, and where the organization is deleted. */
export function serviceOf(row: {
  service_org_id?: string | null
  service_kind?: ServiceKind | null
  skips_network?: boolean | null
}): Service | undefined {
  const { service_org_id: orgId, service_kind: kind, skips_network: skips } = row
  return orgId && kind ? { orgId, kind, role: roles[kind], skipsNetwork: skips === true } : undefined
}
