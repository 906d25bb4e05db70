import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { readConfig } from '../../server/config.ts'
import { ConfigError } from '../../server/config-error.ts'
import { startTestHub, type TestHub, testPassword } from '../hub.ts'

const hubs: TestHub[] = []
after(async () => {
  for (const hub of hubs) await hub.stop()
})

async function behind(trustedProxies: string[]): Promise<TestHub> {
  const hub = await startTestHub({ trustedProxies })
  hubs.push(hub)
  await hub.person('ada')
  return hub
}

// The address as the hub keeps it, the last octet zeroed.
async function seenFrom(hub: TestHub, forwarded: string | undefined): Promise<string | null | undefined> {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  const account = { username: 'ada', password: testPassword }
  const { status } = await hub.request(undefined, 'POST', '/api/login', account, headers)
  assert.equal(status, 200)
  const row = await hub.db.selectFrom('sessions').select('ip').orderBy('id', 'desc').executeTakeFirst()
  return row?.ip
}

test('without trusted proxies the header changes nothing', async () => {
  const hub = await behind([])
  for (const forwarded of [undefined, '203.0.113.7', '127.0.0.1', '203.0.113.7, 198.51.100.4', 'x'])
    assert.equal(await seenFrom(hub, forwarded), '127.0.0.0', forwarded)
})

test('a proxy that is not on the list is a client: what it says changes nothing', async () => {
  const hub = await behind(['10.0.0.0/8', '2001:db8::/32'])
  assert.equal(await seenFrom(hub, '203.0.113.7'), '127.0.0.0')
})

test('behind trusted proxies the right-most address that is none of them counts', async () => {
  const hub = await behind(['127.0.0.1', '10.0.0.0/8'])
  const rows: [forwarded: string | undefined, seen: string][] = [
    [undefined, '127.0.0.0'],
    ['203.0.113.7', '203.0.113.0'],
    ['198.51.100.4, 203.0.113.7', '203.0.113.0'],
    ['127.0.0.1, 203.0.113.7', '203.0.113.0'],
    ['198.51.100.4, 203.0.113.7, 10.1.2.3', '203.0.113.0'],
    ['203.0.113.7,10.1.2.3,10.3.2.1', '203.0.113.0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['198.51.100.4, not an address', '127.0.0.0'],
    ['198.51.100.4, 203.0.113.7:4711', '127.0.0.0'],
    ['198.51.100.4, <b>, 10.1.2.3', '10.1.2.0'],
    ['198.51.100.4, 999.1.1.1', '127.0.0.0'],
    ['198.51.100.4, ,', '198.51.100.0'],
  ]
  for (const [forwarded, seen] of rows) assert.equal(await seenFrom(hub, forwarded), seen, forwarded)
})

test('who chooses the header does not escape the limit on guessing', async () => {
  const hub = await behind([])
  const guess = async (n: number) => {
    const account = { username: 'nobody-here', password: `guess ${n}` }
    const headers = { 'x-forwarded-for': `203.0.${n}.1` }
    return (await hub.request(undefined, 'POST', '/api/login', account, headers)).status
  }
  const statuses = []
  for (let n = 0; n < 40 && statuses.at(-1) !== 429; n++) statuses.push(await guess(n))
  assert.equal(statuses.at(-1), 429)
})

test('the list is addresses and networks; everything else is refused at the start', () => {
  const read = (text: string) => readConfig({ GUILDHALL_TRUSTED_PROXIES: text }).trustedProxies
  assert.deepEqual(read(''), [])
  assert.deepEqual(read(' 127.0.0.1, 10.0.0.0/8,::1 ,2001:db8::/32,'), [
    '127.0.0.1',
    '10.0.0.0/8',
    '::1',
    '2001:db8::/32',
  ])
  const wrong = ['true', '*', 'proxy.example.org', 'loopback', '10.0.0.0/0', '::/0', '10.0.0.0/33', '::1/129', '1.2.3']
  for (const text of [...wrong, '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/255.0.0.0'])
    assert.throws(() => read(`127.0.0.1,${text}`), ConfigError, text)
})

test('the setting from before is refused with the name of the new one', () => {
  assert.throws(() => readConfig({ GUILDHALL_TRUST_PROXY: 'true' }), /GUILDHALL_TRUSTED_PROXIES/)
})
