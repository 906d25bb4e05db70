/** A settings page in the left column. */
export interface Section {
  path: string
  label: string
}

/** Settings pages of an organization, below `/organizations/{name}/settings/`. */
export const organizationSections: Section[] = [
  { path: 'profile', label: 'Profile' },
  { path: 'account', label: 'Account' },
  { path: 'members', label: 'Members' },
  { path: 'invitations', label: 'Invitations' },
  { path: 'requests', label: 'Requests to join' },
  { path: 'resource-groups', label: 'Resource groups' },
  { path: 'collaborators', label: 'Collaborators' },
  { path: 'repositories', label: 'Repositories' },
  { path: 'security', label: 'Security' },
  { path: 'billing', label: 'Billing' },
  { path: 'activity', label: 'Activity' },
  { path: 'audit-log', label: 'Audit log' },
  { path: 'recovery', label: 'Recovery' },
  { path: 'danger', label: 'Danger zone' },
]

/** Settings pages of a person, below `/settings/`. */
export const accountSections: Section[] = [
  { path: 'profile', label: 'Profile' },
  { path: 'account', label: 'Account' },
  { path: 'authentication', label: 'Authentication' },
  { path: 'tokens', label: 'Access tokens' },
  { path: 'organizations', label: 'Organizations' },
  { path: 'storage', label: 'Storage' },
  { path: 'invitations', label: 'Invitations' },
]

/** Pages for site admins, below `/operator/`. */
export const operatorSections: Section[] = [
  { path: 'health', label: 'Health' },
  { path: 'organizations', label: 'Organizations' },
  { path: 'people', label: 'People' },
  { path: 'storage', label: 'Storage' },
  { path: 'recovery', label: 'Recovery' },
  { path: 'outbox', label: 'Outbox' },
  { path: 'settings', label: 'Settings' },
  { path: 'audit-log', label: 'Audit log' },
]
