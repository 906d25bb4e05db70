// A request that was authorized and waits its turn writes nothing when its right goes meanwhile. Tried with every operation
// that changes anything, so that a new one cannot forget to ask again.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Operation } from '../../api/index.ts'
import { type PolicyRow, policy } from '../../server/access/policy.ts'
import type { Db } from '../../server/store/database.ts'
import { sql } from '../../server/store/sql.ts'
import { hashPassword } from '../../server/users/guessing/passwords.ts'
import { makeTemplate, type Template } from '../content.ts'
import { startDns } from '../dns.ts'
import { recipeRecords } from '../domains-recipes.ts'
import { type Reply, startTestHub, type TestHub, testPassword } from '../hub.ts'
import { recipes } from '../recipes.ts'
import { completedElsewhere } from '../recipes-elsewhere.ts'
import { takeAwayMeanwhile } from '../waiting.ts'
import { type CallerKind, makeWorld, type World } from '../world.ts'

/** What answers although the caller may no longer do anything, each with the reason. */
const elsewhere: Record<string, string> = {
  'post /:repoPrefix/:namespace/:repo/git-upload-pack': 'reads',
  'post /:repoPrefix/:namespace/:repo/git-receive-pack': 'tried in right-withdrawn-doors.test.ts',
  'post /api/lfs/:link': 'says whether an object has arrived',
  'post /xet/:cas/v1/shards': 'tried in xet-withdrawn.test.ts',
  'post /xet/:cas/v2/shards': 'the same',
  'post /api/organizations/:org/sso/managed/sign-in': 'begins a sign-in, as anyone can',
  'post /api/:repoType/:namespace/:repo/lfs-files/duplicate': 'in the matrix, everything is there already',
}

let hub: TestHub
let passwordHash: string
let template: Template

before(async () => {
  const { address } = await startDns(recipeRecords)
  hub = await startTestHub({ dnsServers: [address] })
  passwordHash = await hashPassword(testPassword)
  template = await makeTemplate(hub.running.server.hub, hub.db)
})

const losses: Record<string, (db: Db, world: World) => Promise<unknown>> = {
  'its token is deleted': (db, { caller }) => db.deleteFrom('access_tokens').where('user_id', '=', caller.id).execute(),
  'its token is revoked for the organization': (db, { caller, org }) =>
    sql`insert into token_states (org_id, token_id, state, changed_at) select ${org.id}, id, 'revoked', created_at from access_tokens
      where user_id = ${caller.id} on conflict (org_id, token_id) do update set state = 'revoked'`.execute(db),
  'two-factor authentication is required': (db, { org }) =>
    db.updateTable('organizations').set({ require_2fa: true }).where('id', '=', org.id).execute(),
  'its token lasts longer than is allowed': (db, { org }) =>
    db.updateTable('organizations').set({ token_max_lifetime_days: 1 }).where('id', '=', org.id).execute(),
  'its role is lowered': (db, { caller }) =>
    db.updateTable('memberships').set({ role: 'read' }).where('user_id', '=', caller.id).execute(),
  'its member is removed': (db, { caller }) => db.deleteFrom('memberships').where('user_id', '=', caller.id).execute(),
}

const ownLosses: typeof losses = {
  'its session is ended': (db, { caller }) => db.deleteFrom('sessions').where('user_id', '=', caller.id).execute(),
  'its account is suspended': (db, { caller }) =>
    db.updateTable('users').set({ state: 'suspended' }).where('id', '=', caller.id).execute(),
}

function keyOf({ method, path }: Operation): string {
  return `${method} ${path}`
}

function changing({ blocked = false } = {}): Operation[] {
  return hub.running.server.operations.filter((operation) => {
    const row: PolicyRow = policy[operation.action as keyof typeof policy]
    const key = keyOf(operation)
    const changes = operation.method !== 'get' && operation.reads !== true && row.credential === 'write'
    if (blocked && row.evenIfBlocked) return false
    return changes && row.permission !== undefined && !(key in completedElsewhere) && !(key in elsewhere)
  })
}

/** What people do with their own account, and site admins with the instance: no token's permission reaches it. */
function changingOwn(): Operation[] {
  return hub.running.server.operations.filter((operation) => {
    const row: PolicyRow = policy[operation.action as keyof typeof policy]
    const changes = operation.method !== 'get' && operation.reads !== true && row.credential !== 'read'
    const isAsked = row.requires !== 'anyone' && row.requires !== 'console'
    return changes && isAsked && row.permission === undefined && !(keyOf(operation) in completedElsewhere)
  })
}

// Where approval is asked for, no other token works.
function tokenFor({ action }: Operation): CallerKind {
  return action === 'orgToken.review' ? 'fine_org' : 'write_token'
}

const soleKinds: Partial<Record<string, CallerKind>> = {
  'member.leave': 'admin',
  'recovery.request': 'admin',
  'recovery.check': 'admin',
  'recovery.withdraw': 'admin',
  'sso.signOut': 'admin',
  'gate.request': 'gated',
  'gate.withdraw': 'gate_pending',
}

function kindFor({ action }: Operation): CallerKind {
  const row: PolicyRow = policy[action as keyof typeof policy]
  const isOfOrg = row.requires === 'orgAdmin' || row.requires === 'provenAdmin'
  return soleKinds[action] ?? (isOfOrg ? 'admin' : 'operator')
}

async function traces(): Promise<string> {
  const { rows } = await sql<{ traces: string }>`select concat_ws(' ',
    (select count(*) from audit_events where author_name <> 'system'), (select count(*) from lfs_objects),
    (select count(*) from mails)) traces`.execute(hub.db)
  return rows[0]?.traces ?? ''
}

interface Outcome {
  reply: Reply
  waited: boolean
  traces: [string, string]
}

async function lose(
  operation: Operation,
  lost: (db: Db, world: World) => Promise<unknown>,
  kind: CallerKind = 'write_token',
): Promise<Outcome> {
  const world = await makeWorld(hub.db, kind, { passwordHash, template })
  const recipe = await recipes[keyOf(operation)]?.(world, hub.db)
  if (recipe === undefined) throw new Error(`${keyOf(operation)} has no recipe`)
  const headers = { ...recipe.headers, ...world.headers }
  const request = (body: unknown) => hub.request(undefined, operation.method.toUpperCase(), recipe.path, body, headers)
  const planned = recipe.isPlanned
    ? { mode: 'apply', planHash: (await request({ ...(recipe.body as object), mode: 'plan' })).body.planHash }
    : undefined
  const before = await traces()
  const { reply, waited } = await takeAwayMeanwhile(hub.db, world.caller.id, {
    request: () => request(planned ? { ...(recipe.body as object), ...planned } : recipe.body),
    take: (tx) => lost(tx, world),
  })
  return { reply, waited, traces: [before, await traces()] }
}

function wrongIn(operation: Operation, { reply, waited, traces }: Outcome): string[] {
  const isRefused = [401, 403, 404].includes(reply.status)
  if (waited && isRefused && traces[0] === traces[1]) return []
  const came = [waited ? 'waited' : 'did not wait', reply.status, traces.join(' -> '), JSON.stringify(reply.body)]
  return [`${keyOf(operation)}: ${came.join(', ').slice(0, 250)}`]
}

describe('a request that waits writes nothing when meanwhile', () => {
  for (const [what, lost] of Object.entries(losses))
    it(what, async () => {
      const wrong: string[] = []
      for (const operation of changing({ blocked: what.startsWith('two-factor') }))
        wrong.push(...wrongIn(operation, await lose(operation, lost, tokenFor(operation))))
      assert.deepEqual(wrong, [])
    })

  for (const [what, lost] of Object.entries(ownLosses))
    it(`${what}, about an account or the instance`, async () => {
      const wrong: string[] = []
      for (const operation of changingOwn())
        wrong.push(...wrongIn(operation, await lose(operation, lost, kindFor(operation))))
      assert.deepEqual(wrong, [])
    })

  it('a member who leaves was removed', async () => {
    const [operation] = hub.running.server.operations.filter(({ action }) => action === 'member.leave')
    if (operation === undefined) throw new Error('no operation to leave')
    const removed = losses['its member is removed']
    if (removed === undefined) throw new Error('no such loss')
    assert.deepEqual(wrongIn(operation, await lose(operation, removed, 'read')), [])
  })
})
