import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { newToken, tokenKinds } from '../../server/kernel/secret.ts'
import { startTestHub } from '../hub.ts'

const hub = await startTestHub()
const ada = await hub.person('ada')

/** Statements that are sent while something is done; the fewest of some tries, as the clock sends its own meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  let fewest = await statementsOnce(work)
  for (let tries = 0; fewest.length > 0 && tries < 4; tries++) {
    const texts = await statementsOnce(work)
    if (texts.length < fewest.length) fewest = texts
  }
  return fewest
}

async function statementsOnce(work: () => Promise<unknown>): Promise<string[]> {
  const { query } = pg.Client.prototype
  const texts: string[] = []
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads
  pg.Client.prototype.query = function (this: pg.Client, ...args: any[]): any {
    texts.push(typeof args[0] === 'string' ? args[0] : args[0].text)
    return Reflect.apply(query, this, args)
  } as typeof query
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return texts
}

const typo = (token: string) => token.slice(0, 20) + (token[20] === 'x' ? 'y' : 'x') + token.slice(21)
const malformed = {
  'with a typo': typo(ada.token),
  truncated: ada.token.slice(0, -1),
  'with a letter too many': `${ada.token}x`,
  'of another kind': ada.token.replace('hf_u', 'hf_f'),
  'without its prefix': ada.token.slice(3),
  empty: 'hf_',
}
const basic = (token: string) => `Basic ${Buffer.from(`ada:${token}`).toString('base64')}`
const doors: [what: string, method: string, path: string, header: (token: string) => string][] = [
  ['the API', 'GET', '/api/whoami-v2', (token) => `Bearer ${token}`],
  ['a public route', 'GET', '/api/instance', (token) => `Bearer ${token}`],
  ['git', 'GET', '/ada/model.git/info/refs?service=git-upload-pack', basic],
  ['Git LFS', 'POST', '/ada/model.git/info/lfs/objects/batch', basic],
  ['a file', 'GET', '/ada/model/resolve/main/README.md', (token) => `Bearer ${token}`],
]

for (const [door, method, path, header] of doors) {
  const refusal = async (token: string) => {
    const reply = await hub.request(undefined, method, path, undefined, { authorization: header(token) })
    const own = ['x-request-id', 'date']
    const headers = [...reply.headers].filter(([name]) => !own.includes(name)).sort()
    return { status: reply.status, headers, body: JSON.stringify(reply.body) }
  }

  test(`${door} refuses a malformed token without the database, with the same words as an unknown one`, async () => {
    const unknown = await refusal(newToken('user'))
    assert.equal(unknown.status, 401)
    for (const [what, token] of Object.entries(malformed)) {
      const texts = await statementsOf(async () => assert.deepEqual(await refusal(token), unknown, what))
      assert.deepEqual(texts, [], what)
    }
    assert.ok(
      (await statementsOf(() => refusal(newToken('user')))).length > 0,
      'the database is asked for an unknown one',
    )
  })
}

test('every kind of token has the form that secret scanners look for', () => {
  for (const [kind, letter] of Object.entries(tokenKinds))
    assert.match(newToken(kind as keyof typeof tokenKinds), new RegExp(`^hf_${letter}[0-9A-Za-z]{38}$`))
})
