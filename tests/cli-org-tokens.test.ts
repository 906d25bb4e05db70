import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, guildhall, json, type Variables } from './command-line.ts'
import { type Person, startTestHub, testPassword } from './hub.ts'
import { signedIn } from './visitor.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', bea: 'write' })
const [ada, bea] = [people.ada as Person, people.bea as Person]
await hub.request(ada, 'POST', '/api/repos/create', { name: 'encoder', organization: 'acme', private: true })
const member = await signedIn(hub, 'bea')
const admin = await signedIn(hub, 'ada')

async function fineToken(who: typeof member, permissions: string[]): Promise<{ id: string; token: string }> {
  const scoped = [{ entity: { type: 'org', name: 'acme' }, permissions }]
  return (await who.send('POST', '/api/settings/tokens', { name: 'ci', role: 'fineGrained', fineGrained: { scoped } }))
    .body
}

const own = await fineToken(admin, ['org.write', 'repo.write'])
const asAdmin: Variables = { HF_ENDPOINT: hub.url, HF_TOKEN: own.token }
const tokens = (name: string, ...more: string[]) => ['org', 'tokens', name, '--org', 'acme', ...more]
const read = async (token: string) => (await hub.request(token, 'GET', '/api/models/acme/encoder')).status

test('the policy is previewed, set, and shown', async () => {
  const set = tokens('policy', '--accept', 'approval', '--max-lifetime-days', '3650')
  const preview = (await done([...set, '--dry-run'], asAdmin)).stdout
  assert.match(preview, /Tokens that stop working: 3\./)
  assert.match(preview, new RegExp(`bea {2}…${bea.token.slice(-4)}`))
  assert.match(preview, /Dry run\. Nothing was changed\./)
  assert.equal((await json(tokens('policy'), asAdmin)).tokenPolicy, 'any')
  await done(tokens('policy', '--accept', 'approval'), asAdmin)
  assert.match((await done(tokens('policy'), asAdmin)).stdout, /accepted +approval\nlongest lifetime in days +none/)
})

test('pending tokens are listed, approved, denied, and revoked; the owner sees where each stands', async () => {
  const { id, token } = await fineToken(member, ['repo.write'])
  const { stdout } = await done(tokens('list', '--state', 'pending'), asAdmin)
  assert.match(stdout, new RegExp(`${id} +bea +fine-grained +${token.slice(-4)} +pending .* org:acme=repo\\.write`))
  const ends = `The token of bea that ends in ${token.slice(-4)} is`
  assert.equal((await done(tokens('approve', '--id', id), asAdmin)).stdout, `${ends} approved.\n`)
  assert.equal(await read(token), 200)
  assert.equal((await done(tokens('deny', '--id', id), asAdmin)).stdout, `${ends} denied.\n`)
  assert.equal(await read(token), 403)
  const mine = ['tokens', 'list', '--user', 'bea']
  const signIn = { HF_ENDPOINT: hub.url, GUILDHALL_PASSWORD: testPassword }
  assert.match((await done(mine, signIn)).stdout, new RegExp(`${id} .*acme: denied`))
  const revoked = await done(tokens('revoke', '--value-stdin'), asAdmin, `${token}\n`)
  assert.match(revoked.stdout, /^Revoked the token of bea/)
  assert.equal((await json(tokens('list', '--state', 'revoked'), asAdmin))[0].id, id)
})

test('what can’t be done is refused', async () => {
  const refused: [string[], number, RegExp][] = [
    [tokens('revoke'), 2, /Give either --id or --value-stdin\./],
    [tokens('revoke', '--id', own.id), 1, /can’t revoke the token that you are using/],
    [tokens('approve', '--id', 'ab'.repeat(12)), 1, /No such token/],
    [tokens('policy', '--max-lifetime-days', 'long'), 2, /whole number of days/],
  ]
  for (const [command, code, words] of refused) {
    const ended = await guildhall(command, asAdmin)
    assert.equal(ended.code, code, ended.stderr)
    assert.match(ended.stderr, words)
  }
})
