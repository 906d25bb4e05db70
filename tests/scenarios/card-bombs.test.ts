import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestHub } from '../hub.ts'

const hub = await startTestHub()
const [ada, eve] = [await hub.person('ada'), await hub.person('eve')]

/** Asks for the health of the hub again and again until this is done; answers the longest time it took, in ms. */
async function worstHealth(work: Promise<unknown>): Promise<number> {
  let worst = 0
  let isDone = false
  const done = work.finally(() => {
    isDone = true
  })
  while (!isDone) {
    const began = performance.now()
    assert.equal((await hub.request(undefined, 'GET', '/healthz')).status, 200)
    worst = Math.max(worst, performance.now() - began)
  }
  await done
  return worst
}

const mapsAsKeys = (seed: number) => `---\n# ${seed}\n${'{? '.repeat(280)}a${'}'.repeat(280)}\n---\n`
const fewMapsAsKeys = (seed: number) => `---\n# ${seed}\n${'{? '.repeat(30)}a${'}'.repeat(30)}\n---\n`
const manyKeys = (seed: number) =>
  `---\n# ${seed}\n${Array.from({ length: 20_000 }, (_, index) => `k${index}:`).join('\n')}\n---\n`

test('metadata that is a bomb stops nobody: not the hub, not a card of someone else', async () => {
  const bombs = [mapsAsKeys, fewMapsAsKeys, manyKeys].flatMap((make) => [1, 2, 3].map(make))
  const check = (who: typeof ada | undefined, content: string) =>
    hub.request(who, 'POST', '/api/validate-yaml', { content, repoType: 'model' })
  const answered: string[] = []
  const bombing = bombs.map(async (content) => {
    const { status, body } = await check(eve, content)
    answered.push('eve')
    assert.deepEqual([status, body.errors?.length > 0], [400, true], JSON.stringify(body))
  })
  const honest = check(ada, '---\nlicense: mit\n---\n').then(({ status, body }) => {
    answered.push('ada')
    assert.deepEqual([status, body], [200, { errors: [], warnings: [] }])
  })
  const worst = await worstHealth(Promise.all([...bombing, honest]))
  assert.ok(worst < 20_000, `the hub was away for ${worst} ms`)
  assert.equal(answered.at(-1), 'eve', answered.join(' '))
})

test('metadata is not checked for people who are not signed in', async () => {
  const { status, body } = await hub.request(undefined, 'POST', '/api/validate-yaml', { content: manyKeys(4) })
  assert.deepEqual([status, body.errors, body.warnings.length], [200, [], 1])
})

test('a README that is a bomb is shown like any other', async () => {
  const files = [{ path: 'README.md', content: mapsAsKeys(5) }]
  assert.equal((await hub.request(eve, 'POST', '/api/repos/create', { name: 'bomb', files })).status, 200)
  const views = Array.from({ length: 10 }, () => hub.request(undefined, 'GET', '/api/models/eve/bomb'))
  const worst = await worstHealth(Promise.all(views))
  assert.ok(worst < 20_000, `the hub was away for ${worst} ms`)
  for (const { status, body } of await Promise.all(views)) assert.deepEqual([status, body.cardData], [200, {}])
})
