import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'

const hub = await startTestHub()
const { people } = await hub.organization('nightjar', { ada: 'admin', cleo: 'read', dan: 'no_access' })
const { ada, cleo, dan } = people as Record<'ada' | 'cleo' | 'dan', Person>
const create = (who: Person, body: unknown) => hub.request(who, 'POST', '/api/repos/create', body)
const show = (who: Person | undefined, path: string) => hub.request(who, 'GET', `/api/${path}`)

test('quick search finds people, organizations, and repositories that the caller may read', async () => {
  await hub.person('nightowl')
  await create(ada, { name: 'nightjar/night-open' })
  await create(ada, { name: 'nightjar/night-closed', private: true })
  for (let index = 0; index < 9; index++) await create(ada, { name: `nightly-${index}` })
  const search = async (who: Person | undefined, q: string) =>
    (await show(who, `quicksearch?q=${encodeURIComponent(q)}`)).body
  const found = await search(cleo, 'Night')
  assert.deepEqual(found.people, [
    { name: 'nightowl', fullname: 'nightowl', avatarUrl: `${hub.running.publicUrl}/api/avatars/nightowl` },
  ])
  assert.deepEqual(
    found.organizations.map(({ name }: { name: string }) => name),
    ['nightjar'],
  )
  assert.equal(found.repositories.length, 8)
  assert.deepEqual((await search(cleo, 'night-closed')).repositories, [
    { type: 'model', id: 'nightjar/night-closed', private: true },
  ])
  assert.deepEqual((await search(dan, 'night-closed')).repositories, [])
  assert.deepEqual((await search(undefined, '_ight%')).people, [])
  assert.equal((await show(undefined, 'quicksearch?q=')).status, 400)
  assert.equal((await search(cleo, 'n')).repositories.length, 8)
  assert.deepEqual((await search(cleo, 'nI')).people, found.people)
  assert.deepEqual(
    (await search(cleo, 'nightjar/ni')).repositories.map(({ id }: { id: string }) => id),
    ['nightjar/night-open', 'nightjar/night-closed'],
  )
  assert.deepEqual((await search(undefined, 'nightjar/night-c')).repositories, [])
})

test('a list reads cards only where they are asked for, none that is large, and fewer rows with them', async () => {
  const card = (license: string) => `---\nlicense: ${license}\npipeline_tag: translation\n---\n`
  const large = card(`mit\nnotes: ${'x'.repeat(20_000)}`)
  for (const [name, content] of [
    ['carded', card('mit')],
    ['carded-largely', large],
  ])
    await create(ada, { name, files: [{ path: 'README.md', content }] })
  const list = async (query: string) => (await show(cleo, `models?author=ada&search=carded&${query}`)).body
  const fields = (rows: Record<string, unknown>[]) => rows.map(({ pipeline_tag, cardData }) => [pipeline_tag, cardData])
  assert.deepEqual(fields(await list('')), [
    ['translation', undefined],
    ['translation', undefined],
  ])
  const shown = { license: 'mit', pipeline_tag: 'translation' }
  for (const query of ['full=true', 'cardData=true', 'expand=cardData&expand=pipeline_tag'])
    assert.deepEqual(fields(await list(query)), [
      ['translation', undefined],
      ['translation', shown],
    ])
  const whole = (await show(cleo, 'models/ada/carded-largely')).body
  assert.equal(whole.cardData.notes.length, 20_000)

  await sql`insert into repositories (id, type, user_id, name, private, creator_id, created_at, updated_at)
    select 'cccccccccccccccc' || lpad(to_hex(i), 8, '0'), 'dataset', user_id, 'many-' || i, false, creator_id, now(), now()
    from generate_series(1, 205) i, repositories where name = 'carded'`.execute(hub.db)
  const count = async (query: string) => (await show(cleo, `datasets?limit=1000&search=many-&${query}`)).body.length
  assert.deepEqual([await count(''), await count('full=true')], [205, 200])
})
