import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openCountries } from '../../server/countries/countries.ts'
import { formOf } from '../../server/repos/cards/gate-form.ts'
import { sql } from '../../server/store/sql.ts'
import { type Content, makeTemplate } from '../content.ts'
import { type Person, startBeside, startTestHub, type TestHub } from '../hub.ts'
import { writeMmdb } from '../mmdb.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-countries-'))
const path = join(folder, 'countries.mmdb')
const from = {
  germany: '203.0.113.7',
  guadeloupe: '203.0.112.9',
  states: '198.51.100.7',
  france6: '2001:db8:1::7',
  private: '10.1.2.3',
}
let hub: TestHub
let people: Record<string, Person>
let content: Content

before(async () => {
  writeMmdb(path, {
    '203.0.113.0/24': { country: { iso_code: 'DE' } },
    '203.0.112.0/24': { country: { iso_code: 'GP' } },
    '198.51.100.0/24': { country: { iso_code: 'US' } },
    '2001:db8:1::/48': { country: { iso_code: 'FR' } },
  })
  hub = await startTestHub({ trustedProxies: ['127.0.0.1'], countries: await openCountries(path) })
  const made = await hub.organization('acme', { ada: 'admin', rae: 'read' })
  people = { ...made.people, sam: await hub.person('sam'), tia: await hub.person('tia') }
  await repository('weights', { extra_gated_eu_disallowed: true, extra_gated_fields: { Where: 'ip_location' } })
  await repository('open', { extra_gated_fields: { Where: 'ip_location' } })
})
after(() => rmSync(folder, { recursive: true, force: true }))

async function repository(name: string, card: Record<string, unknown>): Promise<void> {
  const body = { name, organization: 'acme', private: false }
  const { id } = (await ask('ada', from.states, 'POST', '/api/repos/create', body)).body
  content = await (await makeTemplate(hub.running.server.hub, hub.db)).copyTo(id)
  await sql`update repositories set gate_form = ${JSON.stringify(formOf(card))}::jsonb where id = ${id}`.execute(hub.db)
  const gated = await ask('ada', from.states, 'PUT', `/api/models/acme/${name}/settings`, { gated: 'manual' })
  assert.equal(gated.status, 200)
}

const ask = (who: string, address: string, method: string, path: string, body?: unknown) =>
  hub.request(people[who], method, path, body, { 'x-forwarded-for': address })
const request = (who: string, address: string, repo = 'weights') =>
  ask(who, address, 'POST', `/api/models/acme/${repo}/user-access-request`, {})
const file = '/acme/weights/resolve/main/data/a.txt'
const gateOf = async (who: string, address: string, repo = 'weights') =>
  (await ask(who, address, 'GET', `/api/models/acme/${repo}/gate`)).body

describe('a card that keeps out the European Union', () => {
  it('lets no one there request access, whichever door they take', async () => {
    for (const address of [from.germany, from.guadeloupe, from.france6, `::ffff:${from.germany}`]) {
      const refused = await request('sam', address)
      assert.equal(refused.status, 403, address)
      assert.match(refused.body.error, /isn’t available in the European Union/)
      const byForm = await ask('sam', address, 'POST', '/acme/weights/ask-access', {})
      assert.equal(byForm.status, 403)
      assert.equal((await gateOf('sam', address)).state, 'unavailable')
    }
    const { rows } = await sql`select from gate_requests`.execute(hub.db)
    assert.equal(rows.length, 0)
  })

  it('lets others ask, and tells the authors from where', async () => {
    assert.deepEqual([(await request('sam', from.states)).body.state], ['pending'])
    assert.equal((await request('tia', from.private)).body.state, 'pending')
    const list = await ask('ada', from.germany, 'GET', '/api/models/acme/weights/user-access-request/pending')
    const answers = list.body.map(({ user, fields }: { user: Person; fields: unknown }) => [user, fields])
    assert.deepEqual(
      answers.map(([user, fields]: [{ user: string }, { Where: string }]) => [user.user, fields.Where]).sort(),
      [
        ['sam', 'US'],
        ['tia', 'unknown'],
      ],
    )
  })

  it('is asked at every door, also of who has access', async () => {
    const accept = { status: 'accepted', user: 'sam' }
    await ask('ada', from.states, 'POST', '/api/models/acme/weights/user-access-request/handle', accept)
    const { oid, size } = content.lfs
    const batch = { operation: 'download', objects: [{ oid, size }] }
    const doors: [method: string, path: string, body?: unknown][] = [
      ['GET', file],
      ['HEAD', file],
      ['GET', '/acme/weights/resolve/main/weights.bin'],
      ['GET', '/api/models/acme/weights/tree/main'],
      ['GET', '/api/models/acme/weights/auth-check'],
      ['GET', '/acme/weights.git/info/refs?service=git-upload-pack'],
      ['POST', '/acme/weights.git/info/lfs/objects/batch', batch],
      ['POST', '/api/models/acme/weights/duplicate', { repository: 'sam/copy' }],
    ]
    for (const [method, path, body] of doors) {
      const { status, headers } = await ask('sam', from.germany, method, path, body)
      assert.deepEqual([status, headers.get('x-error-code')], [403, 'GatedRepo'], `${method} ${path}`)
      assert.match(decodeURIComponent(headers.get('x-error-message') ?? ''), /restricted and you are not in the/)
    }
    for (const [method, path, body] of doors) {
      const { status } = await ask('sam', from.states, method, path, body)
      assert.ok(status < 400, `${method} ${path}: ${status}`)
    }
    assert.equal((await ask('sam', from.private, 'GET', file)).status, 200)
    assert.deepEqual(
      [(await gateOf('sam', from.states)).state, (await gateOf('sam', from.germany)).state],
      ['accepted', 'unavailable'],
    )
    // The card and the metadata are for everyone
    for (const path of ['/api/models/acme/weights', '/acme/weights/resolve/main/README.md'])
      assert.equal((await ask('sam', from.germany, 'GET', path)).status, 200)
  })

  it('judges signed links by where they are opened', async () => {
    const { oid, size } = content.lfs
    const batch = { operation: 'download', objects: [{ oid, size }] }
    const { body } = await ask('sam', from.states, 'POST', '/acme/weights.git/info/lfs/objects/batch', batch)
    const { href } = body.objects[0].actions.download
    const open = (address: string) => fetch(href, { headers: { 'x-forwarded-for': address } })
    const refused = await open(from.germany)
    assert.deepEqual([refused.status, refused.headers.get('x-error-code')], [403, 'GatedRepo'])
    assert.equal((await open(from.states)).status, 200)
  })

  it('believes no address that a client writes itself', async () => {
    const forged = `${from.states}, ${from.germany}`
    assert.equal((await ask('sam', forged, 'GET', file)).status, 403)
    assert.equal((await request('tia', forged)).status, 403)
  })

  it('is for those whom the gate stops, not for members', async () => {
    assert.equal((await ask('rae', from.germany, 'GET', file)).status, 200)
    const gate = await gateOf('ada', from.germany)
    assert.deepEqual([gate.state, gate.checksCountries, gate.form.euDisallowed], ['open', true, true])
  })

  it('counts for members who have to ask', async () => {
    const members = (orgMembersGated: boolean) =>
      ask('ada', from.states, 'PUT', '/api/models/acme/weights/settings', { orgMembersGated })
    await members(true)
    assert.equal((await request('rae', from.germany)).status, 403)
    assert.equal((await gateOf('rae', from.germany)).state, 'unavailable')
    await members(false)
  })
})

describe('other gates', () => {
  it('let in people in the European Union, and name their country', async () => {
    assert.equal((await request('tia', from.germany, 'open')).body.state, 'pending')
    const list = await ask('ada', from.states, 'GET', '/api/models/acme/open/user-access-request/pending')
    assert.deepEqual(list.body[0].fields, { Where: 'DE' })
  })
})

describe('an instance without a database of countries', () => {
  it('enforces nothing, and says so', async () => {
    const beside = await startBeside(hub)
    const headers = { 'x-forwarded-for': from.germany }
    assert.equal((await beside.request(people.sam, 'GET', file, undefined, headers)).status, 200)
    const { body } = await beside.request(people.sam, 'GET', '/api/models/acme/weights/gate', undefined, headers)
    assert.deepEqual([body.state, body.checksCountries], ['accepted', false])
  })
})

describe('the database of countries', () => {
  it('can have the fields of other publishers', async () => {
    const other = join(folder, 'other.mmdb')
    writeMmdb(other, {
      '203.0.113.0/24': { country_code: 'DE', country: 'Germany' },
      '203.0.112.0/24': { country: 'GP' },
    })
    const countries = await openCountries(other)
    assert.deepEqual(
      [from.germany, from.guadeloupe, from.states].map((address) => countries?.of(address)),
      ['DE', 'GP', ''],
    )
  })

  it('takes no address of IPv6 for one of IPv4', async () => {
    const old = join(folder, 'old.mmdb')
    // The first bits of 2001:db8:: are those of 32.1.13.184
    writeMmdb(old, { '32.1.0.0/16': { country: { iso_code: 'DE' } } }, 4)
    const countries = await openCountries(old)
    assert.deepEqual([countries?.of('32.1.13.184'), countries?.of(from.france6)], ['DE', ''])
  })

  it('is refused at the start in one sentence where it is missing or damaged', async () => {
    const whole = readFileSync(path)
    const broken: Record<string, Buffer | undefined> = {
      'missing.mmdb': undefined,
      'empty.mmdb': Buffer.alloc(0),
      'text.mmdb': Buffer.from('country,iso_code\n'),
      'half.mmdb': whole.subarray(0, whole.length / 2),
    }
    for (const [name, bytes] of Object.entries(broken)) {
      const at = join(folder, name)
      if (bytes) writeFileSync(at, bytes)
      const start = promisify(execFile)(process.execPath, ['server/main.ts'], {
        env: {
          ...process.env,
          GUILDHALL_COUNTRY_DATABASE: at,
          GUILDHALL_DATA_DIR: join(folder, 'data'),
          GUILDHALL_PORT: '0',
        },
      })
      const { code, stderr } = await start.then(
        () => ({ code: 0, stderr: '' }),
        (error: { code: number; stderr: string }) => error,
      )
      assert.equal(code, 1, name)
      assert.match(
        stderr,
        /^guildhall: GUILDHALL_COUNTRY_DATABASE is “[^”]+”, which [^.]+\. It must be [^\n]+\n$/,
        name,
      )
    }
  })
})
