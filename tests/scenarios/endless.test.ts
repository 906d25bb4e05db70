import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { scratchOn } from '../git-repository.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let ada: Person

before(async () => {
  hub = await startTestHub()
  ada = await hub.person('ada')
  const { body } = await hub.request(ada, 'POST', '/api/repos/create', { name: 'm' })
  const writer = scratchOn(hub.running.server.hub.git)
  const { id } = body
  // Ten times the same folder, forty deep: nothing to store, and nothing that anybody walks to its end
  let tree = writer.git(id, ['mktree'], '')
  for (let depth = 0; depth < 40; depth++) {
    const lines = Array.from({ length: 10 }, (_, index) => `040000 tree ${tree}\t${index}`)
    tree = writer.git(id, ['mktree'], `${lines.join('\n')}\n`)
  }
  const commit = writer.git(id, ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit-tree', '-m', 'endless', tree])
  writer.git(id, ['update-ref', 'refs/heads/endless', commit])
})

const get = (path: string) => hub.request(ada, 'GET', `/api/models/ada/m${path}`)

describe('a tree without end', () => {
  it('is listed page by page, and shown without its files', async () => {
    const page = await get('/tree/endless?recursive=true')
    assert.deepEqual([page.status, page.body.length], [200, 1000])
    const { status, body } = await get('/revision/endless')
    assert.deepEqual([status, body.siblings], [200, []])
  })

  it('is not added up', async () => {
    assert.equal((await get('/treesize/endless/')).status, 422)
  })
})
