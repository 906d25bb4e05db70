import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestHub } from '../hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('acme', { ada: 'admin', bob: 'read' })
const [ada, bob] = [people.ada, people.bob]
assert.ok(ada && bob)

const readme = (license: string) => ({ path: 'README.md', content: `---\nlicense: ${license}\n---\n` })
const asked = { name: 'm', organization: 'acme', private: true, files: [readme('mit')] }
assert.equal((await hub.request(ada, 'POST', '/api/repos/create', asked)).status, 200)

const info = async (who: typeof ada | undefined, revision = '') => {
  const { status, body } = await hub.request(who, 'GET', `/api/models/acme/m${revision}`)
  const files = body.siblings?.map(({ rfilename }: { rfilename: string }) => rfilename)
  return { status, license: body.cardData?.license, files, sha: body.sha }
}

test('what is kept of a commit is shown to those who may see it now, and of the commit that is asked for', async () => {
  const first = await info(bob)
  assert.deepEqual([first.status, first.license, first.files], [200, 'mit', ['.gitattributes', 'README.md']])
  const lines = [
    { key: 'header', value: { summary: 'more' } },
    ...[readme('apache-2.0'), { path: 'a.txt', content: 'a' }].map((value) => ({ key: 'file', value })),
  ]
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const type = { 'content-type': 'application/x-ndjson' }
  const commit = await fetch(`${hub.url}/api/models/acme/m/commit/main`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, ...type },
    body,
  })
  assert.equal(commit.status, 200)
  const second = await info(bob)
  assert.deepEqual([second.license, second.files], ['apache-2.0', ['.gitattributes', 'README.md', 'a.txt']])
  assert.deepEqual(await info(bob, `/revision/${first.sha}`), first)

  assert.equal((await hub.request(ada, 'DELETE', '/api/organizations/acme/members/bob')).status, 200)
  assert.equal((await info(bob)).status, 404)
  assert.equal((await info(bob, `/revision/${first.sha}`)).status, 404)
  assert.equal((await info(undefined)).status, 401)
  assert.deepEqual(await info(ada), second)
})
