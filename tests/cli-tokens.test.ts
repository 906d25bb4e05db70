import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, guildhall, json, type Variables } from './command-line.ts'
import { startTestHub, testPassword } from './hub.ts'
import { signedIn } from './visitor.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin' })
const variables: Variables = { HF_ENDPOINT: hub.url, GUILDHALL_PASSWORD: testPassword }
const browser = await signedIn(hub, 'ada')
await hub.request(people.ada, 'POST', '/api/repos/create', { name: 'encoder', organization: 'acme', private: true })
const scoped = [{ entity: { type: 'org', name: 'acme' }, permissions: ['org.read'] }]
const wish = { name: 'ci', role: 'fineGrained', fineGrained: { scoped } }
const { id, token } = (await browser.send('POST', '/api/settings/tokens', wish)).body
const own = (name: string, ...more: string[]) => ['tokens', name, '--user', 'ada', ...more]

test('tokens are listed, edited, rotated, and deleted with the password of their owner', async () => {
  const { stdout } = await done(own('list'), variables)
  assert.match(stdout, new RegExp(`${id} +ci +fine-grained +${token.slice(-4)} +never +org:acme=org.read`))
  const edit = own('edit', '--id', id, '--scope', 'model:acme/encoder=repo.write,repo.content.read', '--name', 'build')
  assert.equal(
    (await done(edit, variables)).stdout,
    'Saved the token build.\nmodel:acme/encoder=repo.content.read,repo.write\n',
  )
  assert.equal((await hub.request(token, 'GET', '/api/models/acme/encoder')).status, 200)
  const rotated = await json(own('rotate', '--id', id), variables)
  assert.equal((await hub.request(rotated.token, 'GET', '/api/models/acme/encoder')).status, 200)
  assert.match(
    (await done(['whoami'], { HF_ENDPOINT: hub.url, HF_TOKEN: rotated.token })).stdout,
    /build \(fine-grained\)/,
  )
  await done(own('delete', '--id', id), variables)
  assert.equal((await hub.request(rotated.token, 'GET', '/api/models/acme/encoder')).status, 401)
})

const wrong: [what: string, args: string[], words: RegExp][] = [
  ['nothing to edit', own('edit', '--id', id), /Give --name or --scope/],
  ['no permission', own('edit', '--id', id, '--scope', 'model:acme/encoder'), /must be like model:acme\/encoder/],
  [
    'a permission of something else',
    own('edit', '--id', id, '--scope', 'user=org.read'),
    /permissions for user are repo/,
  ],
  [
    'a scope for a role',
    ['tokens', 'create', '--user', 'ada', '--role', 'read', '--scope', 'user=repo.write'],
    /fine-grained only/,
  ],
]
for (const [what, args, words] of wrong) {
  test(`refuses ${what}`, async () => {
    const { code, stderr } = await guildhall(args, variables)
    assert.equal(code, 2, stderr)
    assert.match(stderr, words)
  })
}

test('leaked tokens in any text are reported without an account', async () => {
  const bob = await hub.person('bob')
  const { stdout } = await done(
    ['tokens', 'report-leaked', '--file', '-'],
    { HF_ENDPOINT: hub.url },
    `x="${bob.token}"; ${bob.token}`,
  )
  assert.equal(stdout, 'Reported 1 value. Those that are access tokens here are deleted.\n')
  assert.equal((await hub.request(bob, 'GET', '/api/whoami-v2')).status, 401)
})
