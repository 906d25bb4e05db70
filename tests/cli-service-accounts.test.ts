import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, guildhall, json, type Variables } from './command-line.ts'
import { type Person, startTestHub } from './hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', bea: 'read' })
const ada = people.ada as Person
await hub.request(ada, 'POST', '/api/repos/create', { name: 'encoder', organization: 'acme', private: true })
const as = ({ token }: Person): Variables => ({ HF_ENDPOINT: hub.url, HF_TOKEN: token })
const of = (name: string, ...more: string[]) => ['service-accounts', name, '--org', 'acme', ...more]
const account = ['--account', 'acme--nightly-ci']

test('a service account gets a token, which is changed, rotated, and deleted with it', async () => {
  const { stdout } = await done(of('create', '--name', 'Nightly CI'), as(ada))
  assert.equal(stdout, 'Created the service account acme--nightly-ci.\n')
  const repo = ['--repo', 'model:acme/encoder', '--repo-permission', 'repo.write']
  const made = await json(of('create-token', ...account, '--name', 'ci', ...repo), as(ada))
  const look = (token: string) => hub.request(token, 'GET', '/api/models/acme/encoder')
  assert.equal((await look(made.token)).status, 200)
  const id = ['--id', made.tokenInfo._id]
  const rotated = await json(of('rotate-token', ...account, ...id), as(ada))
  assert.deepEqual([(await look(made.token)).status, (await look(rotated.token)).status], [401, 200])
  await done(of('edit-token', ...account, ...id, '--permissions', 'org.read', '--any-ip'), as(ada))
  assert.match((await done(of('tokens', ...account), as(ada))).stdout, /org\.read +1 +repo\.write/)
  await done(of('set', ...account, '--owner', 'bea'), as(ada))
  assert.match((await done(of('list'), as(ada))).stdout, /acme--nightly-ci +Nightly CI +bea +1/)
  await done(of('delete', ...account), as(ada))
  assert.equal((await look(rotated.token)).status, 401)
  const { code, stderr } = await guildhall(of('delete', ...account), as(ada))
  assert.notEqual(code, 0)
  assert.match(stderr, /no service account acme--nightly-ci/)
})

test('the organization API token is revealed by members and refreshed by admins', async () => {
  const reveal = ['org', 'api-token', '--org', 'acme']
  const { stdout } = await done(reveal, as(people.bea as Person))
  assert.match(stdout, /^hf_o\w+\n$/)
  assert.notEqual((await guildhall([...reveal, '--refresh'], as(people.bea as Person))).code, 0)
  assert.notEqual((await done([...reveal, '--refresh'], as(ada))).stdout, stdout)
})
