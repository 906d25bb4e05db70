import { type Place, place } from './places.ts'

/** The guides of docs/guides, with the titles they have there. */
export const guideTitles = {
  access: 'See who has access and why',
  accounts: 'Manage your account and 2FA',
  activity: 'Find inactive members',
  api: 'Use the API',
  'audit-log': 'Use the audit log',
  backup: 'Back up and restore',
  'bulk-changes': 'Change many members at once',
  'bulk-invitations': 'Invite many people at once',
  clients: 'Use the Python, JavaScript, and Git clients',
  collaborators: 'Add collaborators to a repository',
  'command-line': 'Use the command line',
  database: 'Use your own PostgreSQL',
  demo: 'Load the demo',
  'device-sign-in': 'Sign in from a terminal',
  'email-domains': 'Add an email domain',
  'gated-repositories': 'Gate a repository',
  'get-started': 'Get started',
  install: 'Install',
  invitations: 'Invite people',
  'invite-links': 'Create an invite link',
  'invite-your-team': 'Invite your team',
  'ip-ranges': 'Limit access to your networks',
  'last-admin': 'Keep an active admin',
  limits: 'Limits',
  mail: 'Set up mail',
  'managed-accounts': 'Convert to Managed SSO',
  members: 'Manage members and roles',
  offboarding: 'Offboard a member',
  operators: 'Manage an instance as a site admin',
  organizations: 'Create and manage an organization',
  'push-a-model': 'Push a model',
  'rate-limits': 'Rate limits',
  recovery: 'Recover an organization without active admins',
  repositories: 'Work with repositories',
  requests: 'Let people request to join',
  'require-2fa': 'Require two-factor authentication (2FA)',
  'resource-groups': 'Use resource groups',
  scim: 'Provision members with SCIM',
  saml: 'Set up SAML single sign-on',
  seats: 'Manage seats and preview invoices',
  security: 'Security',
  'service-accounts': 'Create a service account',
  service: 'Run as a service',
  'single-sign-on': 'Set up single sign-on (SSO)',
  storage: 'Manage storage',
  'token-policy': 'Set a token policy',
  tokens: 'Create an access token',
  upgrade: 'Upgrade',
} as const

/** A guide, by the name of its file. */
export type Guide = keyof typeof guideTitles

/** The page of a guide. `/docs/api` is the API reference, so the guide of that name has a longer address. */
export function guidePage(guide: Guide): Place {
  return place({ to: '/docs/$', params: { _splat: guide === 'api' ? 'guides/api' : guide } })
}

/** The same as a link inside a document, of any document: its path below docs/ without `.md`. */
export function docAddress(path: string): string {
  if (path === 'README') return '/docs'
  return path === 'guides/api' ? '/docs/guides/api' : `/docs/${path.replace(/^guides\//, '')}`
}

/** The document that an address below `/docs/` means, and undefined where there is none. */
export function docAt(address: string, known: ReadonlySet<string>): string | undefined {
  if (address === '') return 'README'
  return [address, `guides/${address}`].find((path) => known.has(path))
}

/** Where a link of a document leads: a path below docs/, or undefined for what is not served. */
export function linkedDoc(from: string, link: string): string | undefined {
  const base = 'http://docs.invalid/docs/'
  const { pathname } = new URL(link, base + from)
  return pathname.startsWith('/docs/') ? decodeURIComponent(pathname.slice('/docs/'.length)) : undefined
}
