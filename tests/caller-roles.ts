import type { OrgRole } from '../api/index.ts'
import type { CallerKind } from './world.ts'

/** The role of each kind of caller who is a member. */
export const membership: Partial<Record<CallerKind, OrgRole>> = {
  no_access: 'no_access',
  read: 'read',
  contributor: 'contributor',
  write: 'write',
  admin: 'admin',
  group_read: 'no_access',
  group_admin: 'no_access',
  gate_member: 'write',
  gate_bypass: 'contributor',
  blocked: 'admin',
  no_sso: 'admin',
  external: 'admin',
  managed: 'admin',
  unverified: 'admin',
  read_token: 'admin',
  write_token: 'admin',
  fine_repo: 'admin',
  fine_group: 'admin',
  fine_org: 'admin',
  pending: 'admin',
  denied: 'admin',
  revoked: 'admin',
  expired: 'admin',
}
