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
    { type: 'model', id: 'nightjar/night-closed', private: true, gated: false },
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

test('a list honors what it is asked for, or refuses it', async () => {
  const card = '---\npipeline_tag: summarization\ntags: [nice]\n---\n'
  await create(ada, { name: 'task-one', files: [{ path: 'README.md', content: card }] })
  await create(ada, { name: 'task-two', files: [{ path: 'README.md', content: '---\ntags: [summarization]\n---\n' }] })
  const found = async (query: string) => {
    const { status, body } = await show(cleo, `models?author=ada&search=task-&${query}`)
    return status === 200 ? body.map(({ id }: { id: string }) => id) : [status, body.error]
  }
  const both = ['ada/task-two', 'ada/task-one']
  assert.deepEqual(await found('pipeline_tag=summarization'), ['ada/task-one'])
  assert.deepEqual(await found('pipeline_tag=summarization&filter=nice'), ['ada/task-one'])
  assert.deepEqual(await found('filter=summarization'), both)
  assert.deepEqual(await found('gated=true'), [])
  assert.deepEqual(await found('gated=false&direction=-1'), both)
  for (const sort of ['createdAt', 'downloads', 'likes', 'trendingScore'])
    assert.deepEqual(await found(`sort=${sort}`), both)
  const refused = [
    ...['sort=nonsense', 'sort=num_parameters', 'direction=1', 'full=maybe', 'expand=nothing'],
    ...[
      'apps=ollama',
      'inference=warm',
      'inference_provider=all',
      'num_parameters=min:1B',
      'config=true',
      'author[]=x',
    ],
  ]
  for (const query of refused) {
    const [status, error] = await found(query)
    assert.equal(status, 400, query)
    assert.match(error, new RegExp(`^${query.split(/[=[]/)[0]}`), query)
  }
  assert.equal((await show(cleo, 'datasets?pipeline_tag=x')).status, 400)
})

test('a list names files where they are asked for, as many repositories to a page as fit', async () => {
  const files = ['a.txt', 'data/b.txt'].map((path) => ({ path, content: 'x' }))
  for (const name of ['filed-1', 'filed-2', 'filed-3'])
    await create(ada, { name: `nightjar/${name}`, private: true, files })
  const list = (query: string) => show(cleo, `models?author=nightjar&search=filed&${query}`)
  const names = (rows: { siblings?: { rfilename: string }[] }[]) =>
    rows.map(({ siblings }) => siblings?.map(({ rfilename }) => rfilename).sort())
  const all = ['.gitattributes', 'a.txt', 'data/b.txt']
  for (const query of ['full=true', 'expand=siblings', 'expand[]=siblings'])
    assert.deepEqual(names((await list(query)).body), [all, all, all], query)
  for (const query of ['', 'expand=sha'])
    assert.deepEqual(names((await list(query)).body), [undefined, undefined, undefined])
  assert.deepEqual((await show(dan, 'models?author=nightjar&full=true&search=filed')).body, [])
  const first = await list('full=true&limit=2')
  assert.equal(first.body.length, 2)
  const [, next = ''] = /^<[^>]*\/api\/([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? []
  assert.deepEqual(
    (await show(cleo, next)).body.map(({ id }: { id: string }) => id),
    ['nightjar/filed-1'],
  )
})
