import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listRepositoryIds } from '../../server/git/upkeep/repository.ts'
import { startTestHub, testPassword } from '../hub.ts'
import { visitor } from '../visitor.ts'

const hub = await startTestHub()
const ada = await hub.person('ada')
const many = Array.from({ length: 16 }, (_, index) => index)
/** Of one caller, so many lists are in the making at once. */
const listsAtOnce = 6

/** From now on everything that wants to run git waits; `reached` tells when so many do. */
function lockGit(many: number) {
  const { work } = hub.running.server.hub.git
  const enter = work.enter
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  let waiting = 0
  work.enter = async (who) => {
    waiting++
    if (waiting === many) reached.resolve()
    await gate.promise
    return enter(who)
  }
  const release = () => {
    work.enter = enter
    gate.resolve()
  }
  return { reached: reached.promise, release }
}

test('people sign in while git is slow for 16 readers and 16 who create repositories', async () => {
  assert.equal((await hub.request(ada, 'POST', '/api/repos/create', { name: 'read' })).status, 200)
  const git = lockGit(listsAtOnce + many.length)
  let answered = 0
  const counted = async (request: ReturnType<typeof hub.request>) => {
    const { status } = await request
    answered++
    return status
  }
  const reads = many.map(() => counted(hub.request(ada, 'GET', '/api/models/ada/read/commits/main')))
  const creations = many.map((nth) => counted(hub.request(ada, 'POST', '/api/repos/create', { name: `made-${nth}` })))
  await git.reached
  const signedIn = await visitor(hub).send('POST', '/api/login', { username: 'ada', password: testPassword })
  assert.deepEqual([signedIn.status, answered], [200, 0])
  git.release()
  assert.deepEqual(new Set(await Promise.all([...reads, ...creations])), new Set([200]))
})

test('of two who create the same repository at once one has it, no folder stays of the other', async () => {
  const git = lockGit(2)
  const creations = [1, 2].map(() => hub.request(ada, 'POST', '/api/repos/create', { name: 'twice' }))
  await git.reached
  git.release()
  const statuses = (await Promise.all(creations)).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [200, 409])
  const events = (await hub.events('instance')).filter(({ message }) => message.endsWith('ada/twice'))
  assert.equal(events.length, 1)
  const folders: string[] = []
  for await (const { id } of listRepositoryIds(hub.running.server.hub.git)) folders.push(id)
  const rows = await hub.db.selectFrom('repositories').select('id').execute()
  assert.deepEqual(folders.sort(), rows.map(({ id }) => id).sort())
})
