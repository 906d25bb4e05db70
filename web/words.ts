import type { access, GroupRoleSource, MemberSource, OrgRole, RepoType } from '../api/index.ts'

/** `1 member`, `2 members`, `1,200 members`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(parts)
}

/** How a type of repository is written on a page. */
export const repoTypeNames: Record<RepoType, string> = { model: 'Model', dataset: 'Dataset', space: 'Space' }

/** How a role is written on a page. */
export const roleNames: Record<OrgRole, string> = {
  no_access: 'no access',
  read: 'read',
  contributor: 'contributor',
  write: 'write',
  admin: 'admin',
}

/** What a role is for, in one line. */
export const roleSentences: Record<OrgRole, string> = {
  no_access: 'No access, except through resource groups.',
  read: 'Can read private repositories and see settings.',
  contributor: 'Can also create repositories and write to their own.',
  write: 'Can write to all repositories outside resource groups.',
  admin: 'Full access, including settings and members.',
}

/** How someone became a member. */
export const memberSourceWords: Record<MemberSource, string> = {
  manual: 'added manually',
  invitation: 'invitation',
  domain: 'email domain',
  request: 'request',
  sso: 'SSO',
  scim: 'SCIM',
  recovery: 'recovery',
}

/** How someone got access: as a member, by a resource group, or otherwise. */
export function accessSourceWords({ kind, source }: access.Ground): string {
  const known: Partial<Record<MemberSource | GroupRoleSource, string>> =
    kind === 'membership' ? memberSourceWords : groupSourceWords
  return [accessKindWords[kind], source && known[source]].filter(Boolean).join(', ')
}

const accessKindWords: Record<access.Ground['kind'], string> = {
  anyone: 'open to everyone',
  account: 'signed in',
  operator: 'site admin',
  console: 'command line on the server',
  membership: 'member',
  group_role: 'resource group',
  collaborator: 'collaborator',
  ownership: 'owner',
  public: 'public',
  gate: 'access to gated files',
  provisioning: 'SCIM token',
}

/** Where a role in a resource group comes from. */
export const groupSourceWords: Record<GroupRoleSource, string> = {
  manual: 'added manually',
  sso: 'SSO',
  scim: 'SCIM',
  auto_join: 'auto-join',
}

/** Where the link that verifies an email address is. An email that was only kept was not sent. */
export function whereTheLinkIs(sendsMail: boolean): string {
  return sendsMail
    ? 'Use the link in the email we sent to it.'
    : 'This instance can’t send email, so ask a site admin for the link.'
}
