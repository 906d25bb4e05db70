import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { refused } from '../clients/expect.ts'
import { makeMachine } from '../clients/machine.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'
import { told } from '../refusals.ts'

let hub: TestHub
let people: Record<string, Person>

before(async () => {
  hub = await startTestHub()
  people = (await hub.organization('acme', { ada: 'admin', rea: 'read', nora: 'no_access', ned: 'no_access' })).people
  for (const name of ['colin', 'stan']) people[name] = await hub.person(name)
  const ada = people.ada as Person
  const users = [{ user: 'nora', role: 'read' }]
  const group = (await hub.request(ada, 'POST', '/api/organizations/acme/resource-groups', { name: 'Speech', users }))
    .body
  for (const name of ['plain', 'grouped'])
    await hub.request(ada, 'POST', '/api/repos/create', { name: `acme/${name}`, private: true })
  await hub.request(ada, 'POST', '/api/models/acme/grouped/resource-group', { resourceGroupId: group.id })
  await hub.request(ada, 'PUT', '/api/models/acme/plain/collaborators/colin', { role: 'read' })
  await hub.db.updateTable('organizations').set({ require_2fa: true }).where('name', '=', 'acme').execute()
})

const doors: [method: string, path: (repo: string) => string][] = [
  ['GET', (repo) => `/api/models/acme/${repo}`],
  ['GET', (repo) => `/api/models/acme/${repo}/tree/main`],
  ['POST', (repo) => `/api/models/acme/${repo}/preupload/main`],
  ['GET', (repo) => `/acme/${repo}/resolve/main/README.md`],
  ['GET', (repo) => `/acme/${repo}.git/info/refs?service=git-upload-pack`],
  ['POST', (repo) => `/acme/${repo}.git/info/lfs/objects/batch`],
]

/** What every door of a repository answers to someone. */
function answers(who: Person, repo: string): Promise<Reply[]> {
  return Promise.all(
    doors.map(([method, path]) => hub.request(who, method, path(repo), method === 'POST' ? {} : undefined)),
  )
}

const seers: [who: string, repo: string][] = [
  ['ada', 'plain'],
  ['ada', 'grouped'],
  ['rea', 'plain'],
  ['nora', 'grouped'],
  ['colin', 'plain'],
]
for (const [who, repo] of seers)
  test(`2FA is what ${who} hears about at every door of ${repo}`, async () => {
    for (const { status, headers, body } of await answers(people[who] as Person, repo)) {
      assert.deepEqual([status, headers.get('x-error-code')], [403, 'TwoFactorRequired'])
      const sentence = `This organization requires two-factor authentication (2FA). Turn it on to regain access: ${hub.url}/settings/authentication`
      assert.equal(headers.get('x-error-message'), sentence)
      assert.ok(JSON.stringify(body).includes(sentence), JSON.stringify(body))
    }
  })

/** Nothing but the name may differ from what a name without a repository answers. */
async function assertMissing(who: Person, repo: string): Promise<void> {
  const nothing = 'x'.repeat(repo.length)
  const [there, missing] = [await answers(who, repo), await answers(who, nothing)]
  const plain = (replies: Reply[]) => JSON.stringify(replies.map(told)).replaceAll(nothing, repo)
  assert.ok(there.every(({ status }) => status === 404))
  assert.equal(plain(there), plain(missing))
}

const others: [who: string, repo: string][] = [
  ['stan', 'plain'],
  ['ned', 'plain'],
  ['ned', 'grouped'],
  ['rea', 'grouped'],
  ['colin', 'grouped'],
]
for (const [who, repo] of others)
  test(`${repo} is missing to ${who}, who would not see it with 2FA either`, () =>
    assertMissing(people[who] as Person, repo))

test('it is missing to a member whose membership has expired, and to a token that is no longer trusted', async () => {
  const { id } = await hub.db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'acme')
    .executeTakeFirstOrThrow()
  const rea = people.rea as Person
  const trusted = await hub.readToken(people.ada as Person)
  const revoked = await hub.readToken(people.ada as Person)
  const last4 = revoked.slice(-4)
  const token = await hub.db
    .selectFrom('access_tokens')
    .select('id')
    .where('last4', '=', last4)
    .executeTakeFirstOrThrow()
  await hub.db
    .insertInto('token_states')
    .values({ org_id: id, token_id: token.id, state: 'revoked', changed_at: new Date() })
    .execute()
  const read = (secret: string) => hub.request(secret, 'GET', '/api/models/acme/plain')
  assert.equal((await read(trusted)).status, 403)
  assert.equal((await read(revoked)).status, 404)
  await hub.db
    .updateTable('memberships')
    .set({ expires_at: new Date(0) })
    .where('user_id', '=', rea.id)
    .execute()
  await assertMissing(rea, 'plain')
})

test('git shows the sentence and the address', async () => {
  const machine = makeMachine(hub.url, people.ada as Person)
  const words = /requires two-factor authentication \(2FA\)[\s\S]*\/settings\/authentication/
  refused(await machine.git(machine.home, 'clone', `${hub.url}/acme/plain`), words)
})

test('who turns it on is in with the next request', async () => {
  const ada = people.ada as Person
  await hub.db.updateTable('users').set({ totp_enabled_at: new Date() }).where('id', '=', ada.id).execute()
  assert.equal((await hub.request(ada, 'GET', '/api/models/acme/plain')).status, 200)
})
