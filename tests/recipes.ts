import { now, secondsFromNow } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import { digest, randomText } from '../server/kernel/secret.ts'
import type { Db } from '../server/store/database.ts'
import { accessRecipes } from './access-recipes.ts'
import { avatarRecipes } from './avatar-recipes.ts'
import { browsingRecipes, fileOfRepository } from './browsing-recipes.ts'
import { bulkInvitationRecipes } from './bulk-invitation-recipes.ts'
import { bulkRecipes } from './bulk-recipes.ts'
import { collaboratorRecipes } from './collaborator-recipes.ts'
import { contentRecipes } from './content-recipes.ts'
import { deviceRecipes } from './device-recipes.ts'
import { domainRecipes } from './domains-recipes.ts'
import { gatedRecipes } from './gated-recipes.ts'
import { groupRecipes } from './group-recipes.ts'
import { testPassword } from './hub.ts'
import { joiningRecipes } from './joining-recipes.ts'
import { leavingRecipes } from './leaving-recipes.ts'
import { lfsRecipes } from './lfs-recipes.ts'
import { orgTokenRecipes } from './org-token-recipes.ts'
import { recoveryRecipes } from './recovery-recipes.ts'
import { samlRecipes } from './saml-recipes.ts'
import { scimRecipes } from './scim-recipes.ts'
import { seatRecipes } from './seat-recipes.ts'
import { serviceAccountRecipes } from './service-account-recipes.ts'
import { ssoRecipes } from './sso-recipes.ts'
import { fineGrainedToken, tokenRecipes } from './token-recipes.ts'
import type { World } from './world.ts'
import { xetRecipes } from './xet-recipes.ts'

/** How to call an operation so that a caller with the right succeeds. */
export interface Recipe {
  path: string
  body?: unknown
  headers?: Record<string, string>
  /** What is sent applies a plan: it is planned first, and the hash of the plan goes with it. */
  isPlanned?: true
}

export type Make = (world: World, db: Db) => Recipe | Promise<Recipe>

const org =
  (tail = '') =>
  (world: World) => ({ path: `/api/organizations/${world.org.name}${tail}` })
const user = (tail: string) => (world: World) => ({ path: `/api/users/${world.target.name}${tail}` })
const at = (path: string, body?: unknown) => () => (body === undefined ? { path } : { path, body })
const memberPath = (world: World) => `/api/organizations/${world.org.name}/members/${world.target.name}`
const repoPath = (world: World) => `/api/models/${world.org.name}/${world.repo.name}`
const fresh = () => `fresh-${randomText(8).toLowerCase()}`

// gitformat-pack: no objects, and the SHA-1 of the header
const emptyPack = Buffer.from(`5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e`, 'hex')

/** One recipe for every operation, by method and path; an operation without one fails the matrix. */
export const recipes: Record<string, Make> = {
  'get /:repoPrefix/:namespace/:repo/info/refs': async (world) => {
    await world.content()
    return { path: `/${world.org.name}/${world.repo.name}.git/info/refs?service=git-upload-pack` }
  },
  'post /:repoPrefix/:namespace/:repo/git-upload-pack': async (world) => {
    await world.content()
    return {
      path: `/${world.org.name}/${world.repo.name}.git/git-upload-pack`,
      body: '0000',
      headers: { 'content-type': 'application/x-git-upload-pack-request' },
    }
  },
  'post /:repoPrefix/:namespace/:repo/git-receive-pack': async (world) => {
    const { commit } = await world.content()
    const line = `${'0'.repeat(40)} ${commit} refs/heads/pushed\0report-status\n`
    return {
      path: `/${world.org.name}/${world.repo.name}.git/git-receive-pack`,
      body: Buffer.concat([Buffer.from(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`), emptyPack]),
      headers: { 'content-type': 'application/x-git-receive-pack-request' },
    }
  },

  ...accessRecipes,
  ...avatarRecipes,
  ...browsingRecipes,
  ...joiningRecipes,
  ...bulkInvitationRecipes,
  ...bulkRecipes,
  ...recoveryRecipes,
  ...domainRecipes,
  ...leavingRecipes,
  ...lfsRecipes,
  ...scimRecipes,
  ...seatRecipes,
  ...xetRecipes,

  ...contentRecipes,
  ...gatedRecipes,
  'post /api/validate-yaml': at('/api/validate-yaml', { content: '---\nlicense: mit\n---\n', repoType: 'model' }),

  'get /api/instance': at('/api/instance'),
  'post /api/setup': () => ({
    path: '/api/setup',
    body: { username: fresh(), email: `${fresh()}@example.org`, password: testPassword, code: 'any' },
  }),
  'post /api/signup': () => ({
    path: '/api/signup',
    body: { username: fresh(), email: `${fresh()}@example.org`, password: testPassword },
  }),
  'post /api/login': (world) => ({
    path: '/api/login',
    body: { username: world.bystander.name, password: testPassword },
  }),
  'post /api/logout': at('/api/logout', {}),
  'post /api/password-reset': (world) => ({
    path: '/api/password-reset',
    body: { email: `${world.target.name}@example.org` },
  }),
  'post /api/password-reset/confirm': async (world, db) => ({
    path: '/api/password-reset/confirm',
    body: { token: await mailedLink(db, 'reset_password', world.target), password: testPassword },
  }),
  'post /api/verify-email': async (world, db) => {
    await db.updateTable('emails').set({ verified_at: null }).where('id', '=', world.caller.emailId).execute()
    return { path: '/api/verify-email', body: { token: await mailedLink(db, 'verify_email', world.caller) } }
  },
  'post /api/verify-email/claim': async (world, db) => ({
    path: '/api/verify-email/claim',
    body: { token: await mailedLink(db, 'verify_email', world.target) },
  }),
  'post /api/verify-email/reject': async (world, db) => {
    await db.updateTable('emails').set({ verified_at: null }).where('id', '=', world.target.emailId).execute()
    return { path: '/api/verify-email/reject', body: { token: await mailedLink(db, 'verify_email', world.target) } }
  },
  'get /api/whoami-v2': at('/api/whoami-v2'),
  'get /api/settings/account': at('/api/settings/account'),
  'patch /api/settings/account': at('/api/settings/account', { details: 'Likes trains.' }),
  'delete /api/settings/account': (world) => ({
    path: '/api/settings/account',
    body: { confirm: world.caller.name, repositories: 'delete' },
  }),
  'get /api/settings/emails': at('/api/settings/emails'),
  'post /api/settings/emails': () => ({ path: '/api/settings/emails', body: { address: `${fresh()}@example.org` } }),
  'post /api/settings/emails/:id/primary': async (world, db) => ({
    path: `/api/settings/emails/${await secondEmail(db, world, true)}/primary`,
    body: {},
  }),
  'post /api/settings/emails/:id/resend': async (world, db) => ({
    path: `/api/settings/emails/${await secondEmail(db, world, false)}/resend`,
    body: {},
  }),
  'delete /api/settings/emails/:id': async (world, db) => ({
    path: `/api/settings/emails/${await secondEmail(db, world, true)}`,
  }),
  'get /api/settings/sessions': at('/api/settings/sessions'),
  'delete /api/settings/sessions/:id': async (world, db) => ({
    path: `/api/settings/sessions/${await secondSession(db, world)}`,
  }),
  'delete /api/settings/sessions': async (world, db) => {
    await secondSession(db, world)
    return { path: '/api/settings/sessions' }
  },
  'post /api/settings/sessions/confirm': at('/api/settings/sessions/confirm', { password: testPassword }),
  'get /api/settings/two-factor': at('/api/settings/two-factor'),
  'post /api/settings/two-factor': at('/api/settings/two-factor', {}),
  'post /api/settings/two-factor/confirm': at('/api/settings/two-factor/confirm', { code: '000000' }),
  'post /api/settings/two-factor/recovery-codes': at('/api/settings/two-factor/recovery-codes', {}),
  'delete /api/settings/two-factor': at('/api/settings/two-factor'),
  'get /api/settings/organizations': at('/api/settings/organizations'),
  ...tokenRecipes,
  ...samlRecipes,
  ...orgTokenRecipes,
  ...deviceRecipes,
  ...serviceAccountRecipes,
  ...ssoRecipes,
  'get /api/users/:username/overview': user('/overview'),
  'get /api/users/:username/socials': user('/socials'),
  'get /api/users/:username/followers': user('/followers'),
  'get /api/users/:username/following': user('/following'),
  'get /api/quicksearch': at('/api/quicksearch?q=org'),

  'post /api/organizations': () => ({ path: '/api/organizations', body: { name: fresh() } }),
  'get /api/organizations/:org': org(),
  'patch /api/organizations/:org': (world) => ({ ...org()(world), body: { details: 'We make models.' } }),
  'delete /api/organizations/:org': (world) => ({ ...org()(world), body: { confirm: world.org.name } }),
  'post /api/organizations/:org/restore': async (world, db) => {
    await db.updateTable('organizations').set({ deleted_at: now() }).where('id', '=', world.org.id).execute()
    return { ...org('/restore')(world), body: {} }
  },
  'get /api/organizations/:org/overview': org('/overview'),
  'get /api/organizations/:org/followers': org('/followers'),
  'get /api/organizations/:org/socials': org('/socials'),
  'get /api/organizations/:org/settings': org('/settings'),
  'patch /api/organizations/:org/settings': (world) => ({ ...org('/settings')(world), body: { hideMembers: true } }),
  'get /api/organizations/:org/settings/network-security': org('/settings/network-security'),
  'patch /api/organizations/:org/settings/network-security': (world) => ({
    ...org('/settings/network-security')(world),
    body: { ipRanges: ['203.0.113.0/24'] },
  }),
  'get /api/organizations/:org/successors': org('/successors'),
  'put /api/organizations/:org/successors': (world) => ({
    ...org('/successors')(world),
    body: { successors: [world.target.name] },
  }),

  'get /api/organizations/:org/members': org('/members'),
  'get /api/organizations/:org/members-summary': org('/members-summary'),
  'get /api/organizations/:org/members/:username': (world) => ({ path: memberPath(world) }),
  'put /api/organizations/:org/members/:username/role': (world) => ({
    path: `/api/organizations/${world.org.name}/members/${world.bystander.name}/role`,
    body: { role: 'contributor', resourceGroups: [] },
  }),
  'patch /api/organizations/:org/members/:username': (world) => ({
    path: memberPath(world),
    body: { role: 'contributor' },
  }),
  'delete /api/organizations/:org/members/:username': (world) => ({ path: memberPath(world) }),
  'post /api/organizations/:org/leave': (world) => ({ ...org('/leave')(world), body: {} }),

  ...groupRecipes,

  'post /api/repos/create': (world) => ({
    path: '/api/repos/create',
    body: { name: fresh(), organization: world.org.name },
  }),
  'delete /api/repos/delete': (world) => ({
    path: '/api/repos/delete',
    body: { name: world.repo.name, organization: world.org.name },
  }),
  'post /api/repos/move': (world) => ({
    path: '/api/repos/move',
    body: { fromRepo: `${world.org.name}/${world.repo.name}`, toRepo: `${world.org.name}/${fresh()}` },
  }),
  'get /api/:repoType': (world) => ({ path: `/api/models?author=${world.org.name}` }),
  'get /api/:repoType/:namespace/:repo/resource-group': (world) => ({
    path: `/api/models/${world.org.name}/${world.groupedRepo.name}/resource-group`,
  }),
  'post /api/:repoType/:namespace/:repo/resource-group': (world) => ({
    path: `${repoPath(world)}/resource-group`,
    body: { resourceGroupId: world.group.id },
  }),
  ...collaboratorRecipes,
  'get /api/settings/repositories': at('/api/settings/repositories'),
  'get /api/organizations/:org/settings/repositories': org('/settings/repositories'),

  'get /api/organizations/:org/audit-log': org('/audit-log'),
  'get /api/organizations/:org/audit-log/export': org('/audit-log/export'),
  'get /api/organizations/:org/audit-log/verify': org('/audit-log/verify'),

  'get /api/operator/settings': at('/api/operator/settings'),
  'patch /api/operator/settings': () => ({ path: '/api/operator/settings', body: { name: `Hub ${randomText(4)}` } }),
  'get /api/operator/repositories/check': at('/api/operator/repositories/check?limit=1'),
  'get /api/operator/health': at('/api/operator/health'),
  'get /api/operator/people': at('/api/operator/people'),
  'post /api/operator/people': () => ({
    path: '/api/operator/people',
    body: { username: fresh(), email: `${fresh()}@example.org` },
  }),
  'patch /api/operator/people/:username': (world) => ({
    path: `/api/operator/people/${world.target.name}`,
    body: { suspended: true },
  }),
  'post /api/operator/people/:username/tokens': (world) => ({
    path: `/api/operator/people/${world.target.name}/tokens`,
    body: { name: 'robot', role: 'read' },
  }),
  'post /api/operator/repositories/reset-xet': at('/api/operator/repositories/reset-xet', {}),
  'post /api/operator/secret-key/rotate': at('/api/operator/secret-key/rotate'),
  'get /api/operator/organizations': at('/api/operator/organizations'),
  'post /api/operator/organizations': (world) => ({
    path: '/api/operator/organizations',
    body: { name: fresh(), admin: world.target.name },
  }),
  'patch /api/operator/organizations/:org': (world) => ({
    path: `/api/operator/organizations/${world.org.name}`,
    body: { plan: 'team' },
  }),
  'post /api/operator/organizations/:org/members': (world) => ({
    path: `/api/operator/organizations/${world.org.name}/members`,
    body: { username: world.outsider.name, role: 'read' },
  }),
  'get /api/operator/outbox': at('/api/operator/outbox'),
  'post /api/operator/outbox/:id/read': async (_world, db) => ({
    path: `/api/operator/outbox/${await keptMail(db)}/read`,
    body: {},
  }),
  'post /api/operator/outbox/:id/reveal': async (_world, db) => ({
    path: `/api/operator/outbox/${await keptMail(db)}/reveal`,
    body: {},
  }),
  'post /api/operator/outbox/:id/retry': async (_world, db) => ({
    path: `/api/operator/outbox/${await keptMail(db)}/retry`,
    body: {},
  }),
  'get /api/operator/audit-log': at('/api/operator/audit-log'),
  'get /api/operator/audit-log/verify': at('/api/operator/audit-log/verify'),
  'post /api/operator/demo': async (_world, db) => {
    await db.updateTable('instance').set({ demo_filled_at: now() }).execute()
    return { path: '/api/operator/demo', body: {} }
  },
}

/** Other uses of an operation that take another right: by operation, then by what they are. */
export const variants: Record<string, Record<string, Make>> = {
  'put /api/:repoType/:namespace/:repo/settings': {
    gated: (world) => ({ path: `${repoPath(world)}/settings`, body: { gated: 'auto', orgMembersGated: true } }),
  },
  'get /:repoPrefix/:namespace/:repo/resolve/:rev/*': {
    file: fileOfRepository,
  },
  'get /api/organizations/:org/members': {
    'by name': org('/members?sort=name&search=per&details=true'),
    'by role': org('/members?sort=-role'),
    idle: org('/members?sort=lastActive&idle=90'),
  },
  'get /api/quicksearch': { 'two letters': at('/api/quicksearch?q=or') },
  'post /api/settings/tokens': { 'fine-grained': fineGrainedToken },
  'get /:repoPrefix/:namespace/:repo/info/refs': {
    push: async (world) => {
      await world.content()
      return { path: `/${world.org.name}/${world.repo.name}.git/info/refs?service=git-receive-pack` }
    },
  },
  'post /:repoPrefix/:namespace/:repo/info/lfs/objects/batch': {
    upload: (world) => ({
      path: `/${world.org.name}/${world.repo.name}.git/info/lfs/objects/batch`,
      body: { operation: 'upload', objects: [{ oid: 'ab'.repeat(32), size: 12 }] },
      headers: { 'content-type': 'application/vnd.git-lfs+json' },
    }),
  },
}

async function mailedLink(
  db: Db,
  purpose: 'verify_email' | 'reset_password',
  person: { id: string; emailId: string },
): Promise<string> {
  const token = randomText(40)
  const row = {
    hash: digest(token),
    purpose,
    user_id: person.id,
    email_id: person.emailId,
    expires_at: secondsFromNow(600),
  }
  await db.insertInto('account_links').values(row).execute()
  return token
}

async function secondEmail(db: Db, world: World, verified: boolean): Promise<string> {
  const id = newId()
  const row = {
    id,
    user_id: world.caller.id,
    address: `${fresh()}@example.org`,
    verified_at: verified ? now() : null,
    created_at: now(),
  }
  await db.insertInto('emails').values(row).execute()
  return id
}

async function secondSession(db: Db, world: World): Promise<string> {
  const id = newId()
  const times = { created_at: now(), last_seen_at: now(), rotated_at: now(), confirmed_at: now() }
  const expires_at = secondsFromNow(3600)
  await db
    .insertInto('sessions')
    .values({ id, user_id: world.caller.id, hash: digest(randomText(40)), ...times, expires_at })
    .execute()
  return id
}

async function keptMail(db: Db): Promise<string> {
  const id = newId()
  const words = { recipient: 'someone@example.org', subject: 'Hello', body: JSON.stringify({ paragraphs: ['Hello'] }) }
  await db
    .insertInto('mails')
    .values({ id, ...words, state: 'kept', created_at: now() })
    .execute()
  return id
}
