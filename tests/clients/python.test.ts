import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { succeeded } from './expect.ts'
import { makeMachine, noPython } from './machine.ts'

let hub: TestHub
let people: Record<string, Person>
let stranger: Person

before(async () => {
  hub = await startTestHub()
  people = (await hub.organization('lab', { ada: 'admin' })).people
  stranger = await hub.person('stranger')
})

/** Runs a script as the organization's admin; it ends with a line that says it got to its end. */
async function holds(topic: string): Promise<void> {
  const machine = makeMachine(hub.url, people.ada)
  const outcome = await machine.python(`${topic}.py`, {
    ORG: 'lab',
    USER_NAME: 'ada',
    OTHER_TOKEN: stranger.token,
  })
  assert.equal(succeeded(outcome).stdout.trim().split('\n').at(-1), `all of ${topic} holds`, outcome.text)
}

test('repositories: create, look up, list, settings, move, copy, delete', { skip: noPython }, () =>
  holds('repositories'),
)
test('files: upload, commit, download, trees, the whole snapshot', { skip: noPython }, () => holds('files'))
test('history: branches, tags, commits, squash, LFS files', { skip: noPython }, () => holds('history'))
test('HfFileSystem: read, write, list, copy, remove', { skip: noPython }, () => holds('filesystem'))
