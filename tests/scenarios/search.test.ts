import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fold } from '../../api/index.ts'
import { sql } from '../../server/store/sql.ts'
import { type Person, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub()
const { people } = await hub.organization('lab', { ada: 'admin', jo: 'read' })
const { ada, jo } = people as Record<'ada' | 'jo', Person>
const at = (who: Person, method: string, path: string, body?: unknown) => hub.request(who, method, path, body)

async function foldedByDatabase(texts: string[]): Promise<string[]> {
  const { rows } = await sql<{ folded: string }>`select fold(text) folded
    from unnest(${texts}::text[]) with ordinality t(text, place) order by place`.execute(hub.db)
  return rows.map(({ folded }) => folded)
}

test('the database and the clients fold alike', async () => {
  const texts = [
    'Jérémy',
    'JE\u0301RE\u0301MY',
    'Łukasz Søndergård',
    'Straße',
    'ΣΊΣΥΦΟΣ',
    'Иван Ёлкин',
    '한국어',
    'ﬁ ①',
  ]
  texts.push('  a \u00a0 b\t\n', 'a\u200bb\ufeff', 'İstanbul', 'Ægir Œuvre Þór', '')
  const letters = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0'))
  // Earlier versions of PostgreSQL know fewer letters than Node
  const { rows } = await sql<{ version: number }>`select current_setting('server_version_num')::int "version"`.execute(
    hub.db,
  )
  if ((rows[0]?.version ?? 0) >= 180_000) texts.push(...fc.sample(letters, { numRuns: 500, seed: 7 }))
  assert.deepEqual(await foldedByDatabase(texts), texts.map(fold))
  for (const text of texts) assert.equal(fold(fold(text)), fold(text), text)
})

test('people are found by their names as shown, without accents, and however they are composed', async () => {
  const fullname = 'Je\u0301re\u0301my  Łoś'
  const browser = await signedIn(hub, 'jo')
  assert.equal((await browser.send('PATCH', '/api/settings/account', { fullname }, { origin: hub.url })).status, 200)
  const { body } = await at(jo, 'GET', '/api/users/jo/overview')
  assert.equal(body.fullname, 'Jérémy  Łoś'.normalize('NFC'))
  const names = (rows: { name?: string; user?: string }[]) => rows.map(({ name, user }) => name ?? user)
  const queries = [
    'jeremy',
    'JÉRÉMY',
    'je\u0301re\u0301my',
    body.fullname,
    ' Jérémy\u00a0Łoś ',
    'los',
    'jérémy los',
    'jo',
  ]
  for (const words of queries) {
    const q = encodeURIComponent(words)
    assert.deepEqual(names((await at(ada, 'GET', `/api/quicksearch?q=${q}`)).body.people), ['jo'], words)
    const members = await at(ada, 'GET', `/api/organizations/lab/members?search=${q}`)
    assert.deepEqual(names(members.body), ['jo'], words)
  }
  assert.deepEqual((await at(ada, 'GET', '/api/quicksearch?q=jeremias')).body.people, [])
  for (const words of ['%', '_____', '\\'])
    assert.deepEqual(
      (await at(ada, 'GET', `/api/organizations/lab/members?search=${encodeURIComponent(words)}`)).body,
      [],
    )
})

test('organizations and repositories are found by what is shown of them', async () => {
  await at(ada, 'PATCH', '/api/organizations/lab', { fullname: 'École d’Été' })
  const search = async (words: string) => (await at(ada, 'GET', `/api/quicksearch?q=${encodeURIComponent(words)}`)).body
  for (const words of ['ecole', 'École d’Été', 'ETE'])
    assert.equal((await search(words)).organizations[0]?.name, 'lab', words)
  const name = `lab/${'long-name-'.repeat(9)}end`
  assert.equal((await at(ada, 'POST', '/api/repos/create', { name })).status, 200)
  assert.equal((await search(` ${name} `)).repositories[0]?.id, name)
  assert.equal((await at(ada, 'GET', `/api/models?search=${encodeURIComponent(`${name} `)}`)).body[0]?.id, name)
  const grant = { role: 'read' }
  await at(ada, 'PUT', `/api/models/${name}/collaborators/jo`, grant)
  const found = await at(ada, 'GET', `/api/organizations/lab/collaborators?search=${encodeURIComponent(name)}`)
  assert.equal(found.body.length, 1, JSON.stringify(found.body))
})

test('groups whose names fold alike are one name', async () => {
  const groups = '/api/organizations/lab/resource-groups'
  const make = (name: string) => at(ada, 'POST', groups, { name })
  const made = await make('E\u0301quipe Nord')
  assert.deepEqual([made.status, made.body.name], [made.status, 'Équipe Nord'])
  for (const name of ['équipe nord', 'EQUIPE NORD', 'Équipe\u00a0Nord', 'Équipe Nord\u200b'])
    assert.equal((await make(name)).status, 409, name)
  assert.ok((await make('Équipe Sud')).status < 300)
  const found = await at(ada, 'GET', `${groups}/${encodeURIComponent('equipe NORD')}`)
  assert.equal(found.body.name, 'Équipe Nord')
  const other = `${groups}/${encodeURIComponent('Équipe Sud')}`
  assert.equal((await at(ada, 'PATCH', other, { name: 'equipe nord' })).status, 409)
})
