import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestHub } from '../hub.ts'

const hub = await startTestHub()
const ada = await hub.person('ada')

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 3\n`
const refused: Record<string, { path: string; content: string }[]> = {
  'a pointer to what is not there': [{ path: 'a.bin', content: pointer }],
  'a file and a folder of one name': [
    { path: 'a', content: 'x' },
    { path: 'a/b', content: 'x' },
  ],
  submodules: [{ path: '.gitmodules', content: '[submodule "x"]\n\turl = -x\n' }],
  'a path that leads elsewhere': [{ path: '../x', content: 'x' }],
}

for (const [what, files] of Object.entries(refused)) {
  test(`a repository does not begin with ${what}`, async () => {
    const { status } = await hub.request(ada, 'POST', '/api/repos/create', { name: 'm', files })
    assert.ok(status === 400 || status === 422, `${status}`)
    assert.equal((await hub.request(ada, 'GET', '/api/models/ada/m')).status, 404)
  })
}

test('an old name with .git leads to the new one', async () => {
  await hub.request(ada, 'POST', '/api/repos/create', { name: 'old' })
  await hub.request(ada, 'POST', '/api/repos/move', { fromRepo: 'ada/old', toRepo: 'ada/new' })
  const path = 'resolve/main/.gitattributes'
  const reply = await fetch(`${hub.url}/ada/old.git/${path}`, { redirect: 'manual' })
  assert.deepEqual([reply.status, reply.headers.get('location')], [307, `/ada/new/${path}`])
})
