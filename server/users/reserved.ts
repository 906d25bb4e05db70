/**
 * Names that nobody can take, in lower case: every first segment of an address of this hub, now or likely to come, and
 * words that would make somebody look like the installation itself.
 */
export const reservedNames: readonly string[] = [
  ...['api', 'api-docs', 'docs', 'openapi', 'swagger', 'graphql', 'rpc', 'healthz', 'readyz', 'health', 'metrics', 'status', 'ping', 'version'],
  ...['.well-known', 'well-known', 'robots.txt', 'favicon.ico', 'favicon.svg', 'favicon', 'manifest.json', 'sitemap.xml', 'sitemap', 'scheme.js'],
  ...['index', 'index.html', 'assets', 'static', 'public', 'files', 'file', 'images', 'img', 'css', 'js', 'fonts', 'media', 'avatars', 'avatar', 'cdn'],
  ...['login', 'logout', 'signup', 'signin', 'signout', 'sign-in', 'sign-up', 'sign-out', 'register', 'auth', 'oauth', 'oauth2', 'oidc', 'saml', 'sso'],
  ...['scim', 'verify-email', 'verify', 'password', 'password-reset', 'reset-password', 'two-factor', 'device', 'session', 'sessions', 'token', 'tokens'],
  ...['setup', 'install', 'operator', 'operators', 'admin', 'admins', 'administrator', 'administrators', 'root', 'sudo', 'system', 'sysadmin', 'moderator'],
  ...['guildhall', 'hub', 'official', 'staff', 'team', 'teams', 'security', 'abuse', 'postmaster', 'webmaster', 'hostmaster', 'noreply', 'no-reply', 'mailer-daemon'],
  ...['anonymous', 'nobody', 'unknown', 'null', 'undefined', 'none', 'true', 'false', 'me', 'self', 'you', 'everyone', 'all', 'ghost', 'deleted'],
  ...['settings', 'account', 'accounts', 'profile', 'profiles', 'preferences', 'dashboard', 'home', 'inbox', 'notifications', 'activity', 'watching'],
  ...['user', 'users', 'people', 'person', 'member', 'members', 'org', 'orgs', 'organization', 'organizations', 'organisation', 'organisations', 'group', 'groups'],
  ...['resource-groups', 'roles', 'invite', 'invites', 'invitation', 'invitations', 'join', 'leave', 'recover', 'recovery', 'requests', 'audit', 'audit-log'],
  ...['model', 'models', 'dataset', 'datasets', 'space', 'spaces', 'repo', 'repos', 'repository', 'repositories', 'collection', 'collections', 'bucket', 'buckets'],
  ...['kernel', 'kernels', 'paper', 'papers', 'post', 'posts', 'task', 'tasks', 'discussion', 'discussions', 'job', 'jobs', 'endpoint', 'endpoints'],
  ...['resolve', 'raw', 'blob', 'tree', 'commit', 'commits', 'git', 'lfs', 'git-lfs', 'ssh', 'xet', 'upload', 'uploads', 'download', 'downloads', 'webhook', 'webhooks'],
  ...['new', 'create', 'edit', 'delete', 'update', 'search', 'explore', 'trending', 'popular', 'latest', 'browse', 'redirect', 'next'],
  ...['about', 'help', 'support', 'contact', 'legal', 'terms', 'terms-of-service', 'tos', 'privacy', 'cookies', 'license', 'licenses', 'changelog', 'press'],
  ...['pricing', 'billing', 'plans', 'plan', 'subscribe', 'checkout', 'enterprise', 'business', 'pro', 'plus', 'free', 'blog', 'news', 'learn', 'course', 'courses'],
  ...['chat', 'playground', 'inference', 'inference-endpoints', 'brand', 'careers', 'events', 'community', 'forum', 'storage', 'compute', 'hardware', 'languages'],
  ...['front', 'web', 'app', 'www', 'mail', 'email', 'emails', 'outbox', 'smtp', 'imap', 'ftp', 'localhost'],
]
