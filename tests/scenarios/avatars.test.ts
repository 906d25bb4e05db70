import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { onePixel } from '../avatar-recipes.ts'
import { type Person, startTestHub } from '../hub.ts'
import { signedIn } from '../visitor.ts'

const hub = await startTestHub()
const { id: orgId, people } = await hub.organization('acme', { ada: 'admin', bob: 'write' })
const [ada, bob] = [people.ada as Person, people.bob as Person]
const browser = await signedIn(hub, 'ada')
const own = '/api/settings/account/avatar'
const ofOrg = '/api/organizations/acme/avatar'

const flat = (width: number, height: number, background = 'red') =>
  sharp({ create: { width, height, channels: 3, background }, limitInputPixels: false })
const send = (who: Person | undefined, image: Buffer | string) =>
  hub.request(who, 'PUT', ofOrg, { image: typeof image === 'string' ? image : image.toString('base64') })

/** The picture as a page gets it. */
async function shown(name: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${hub.url}/api/avatars/${name}`, { headers })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

test('a picture is drawn again as a square WebP, and served with a fixed type and a tag', async () => {
  const drawn = await shown('acme')
  assert.equal(drawn.headers.get('content-type'), 'image/svg+xml; charset=utf-8')
  for (const made of [flat(300, 200).png(), flat(300, 200).jpeg(), flat(300, 200).webp()]) {
    const reply = await send(ada, await made.toBuffer())
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    assert.deepEqual(reply.body, { avatarUrl: `${hub.running.publicUrl}/api/avatars/acme` })
    const { headers, bytes } = await shown('acme')
    const { format, width, height } = await sharp(bytes).metadata()
    assert.deepEqual([format, width, height], ['webp', 256, 256])
    assert.equal(headers.get('content-type'), 'image/webp')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    const etag = headers.get('etag') ?? ''
    assert.notEqual(etag, drawn.headers.get('etag'))
    const again = await shown('acme', { 'if-none-match': etag })
    assert.deepEqual([again.status, again.bytes.length], [304, 0])
  }
  assert.deepEqual((await hub.request(undefined, 'GET', ofOrg)).body, {
    avatarUrl: `${hub.running.publicUrl}/api/avatars/acme`,
  })
})

test('only who uploaded a picture is listed, with a version that changes with it', async () => {
  const listed = async (names: string) => (await hub.request(undefined, 'GET', `/api/avatars?names=${names}`)).body
  assert.equal((await send(ada, await flat(64, 64).png().toBuffer())).status, 200)
  const [first] = (await listed('ACME,bob,ada,missing')) as { name: string; version: string }[]
  assert.equal(first?.name, 'acme')
  assert.equal((await shown('acme')).headers.get('etag'), `"${first?.version}"`)
  assert.equal((await send(ada, await flat(64, 64, 'blue').png().toBuffer())).status, 200)
  const [second] = (await listed('acme')) as { version: string }[]
  assert.notEqual(second?.version, first?.version)
  assert.deepEqual(await listed('bob,ada,missing'), [])
  for (const names of ['', Array.from({ length: 101 }, (_, index) => `a${index}`).join(',')]) {
    assert.equal((await hub.request(undefined, 'GET', `/api/avatars?names=${names}`)).status, 400)
  }
})

test('metadata is dropped, and what is hidden behind a picture', async () => {
  const secret = 'taken at 52.5200 N 13.4050 E'
  const withPlace = await flat(64, 64)
    .withExif({ IFD0: { ImageDescription: secret } })
    .jpeg()
    .toBuffer()
  assert.ok(withPlace.includes(secret))
  const script = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  const polyglot = Buffer.concat([await flat(64, 64).png().toBuffer(), Buffer.from(script)])
  for (const sent of [withPlace, polyglot]) {
    assert.equal((await send(ada, sent)).status, 200)
    const { bytes } = await shown('acme')
    assert.ok(!bytes.includes(secret) && !bytes.includes('script'))
    assert.equal((await sharp(bytes).metadata()).exif, undefined)
  }
})

test('anything else is refused by what it is, and changes nothing', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
  )
  const png = await flat(64, 64, 'blue').png().toBuffer()
  const noise = Buffer.from(Array.from({ length: 1_048_577 }, (_, at) => at % 251))
  const before = [await shown('acme'), (await hub.events(orgId)).length] as const
  const rows: [string, Buffer | string, number, RegExp][] = [
    ['SVG', svg, 400, /must be a PNG, JPEG, or WebP file/],
    ['SVG before a PNG', Buffer.concat([svg, png]), 400, /must be a PNG, JPEG, or WebP file/],
    ['SVG with an XML head', Buffer.concat([Buffer.from('<?xml version="1.0"?>'), svg]), 400, /must be a PNG/],
    ['GIF', await flat(9, 9).gif().toBuffer(), 400, /must be a PNG, JPEG, or WebP file/],
    ['TIFF', await flat(9, 9).tiff().toBuffer(), 400, /must be a PNG, JPEG, or WebP file/],
    ['text', Buffer.from('hello'), 400, /must be a PNG, JPEG, or WebP file/],
    ['nothing', '', 400, /must be a PNG, JPEG, or WebP file/],
    ['no Base64', '!!!', 400, /must be a PNG, JPEG, or WebP file/],
    ['half a PNG', png.subarray(0, png.length / 2), 400, /can’t be read/],
    [
      'a PNG of 100 megapixels',
      await flat(10_000, 10_000).png({ compressionLevel: 9 }).toBuffer(),
      400,
      /at most 4096 × 4096 pixels/,
    ],
    ['a WebP of 36 megapixels', await flat(6_000, 6_000).webp().toBuffer(), 400, /at most 4096 × 4096 pixels/],
    ['more than 1 MB', noise, 413, /larger than 1 MB/],
    ['much more than 1 MB', 'A'.repeat(2_000_000), 413, /./],
  ]
  for (const [what, image, status, words] of rows) {
    const reply = await send(ada, image)
    assert.deepEqual([reply.status, words.test(reply.body.error)], [status, true], `${what}: ${reply.body.error}`)
  }
  assert.deepEqual((await shown('acme')).bytes, before[0].bytes)
  assert.equal((await hub.events(orgId)).length, before[1])
})

test('admins change the picture of an organization, everyone their own, and each change is recorded', async () => {
  assert.deepEqual([(await send(bob, onePixel)).status, (await send(undefined, onePixel)).status], [403, 401])
  assert.equal((await hub.request(bob, 'DELETE', ofOrg)).status, 403)
  const count = (await hub.events(orgId)).length
  assert.equal((await send(ada, onePixel)).status, 200)
  assert.equal((await send(ada, onePixel)).status, 200)
  assert.equal((await hub.request(ada, 'DELETE', ofOrg)).status, 200)
  assert.equal((await hub.request(ada, 'DELETE', ofOrg)).status, 200)
  assert.deepEqual(
    (await hub.events(orgId)).slice(count).map(({ type, message }) => [type, message]),
    [
      ['org.settings.profile', 'ada changed the organization’s picture'],
      ['org.settings.profile', 'ada removed the organization’s picture'],
    ],
  )
  assert.match((await shown('acme')).headers.get('content-type') ?? '', /svg/)

  assert.equal(
    (await hub.request(ada, 'PUT', own, { image: onePixel })).status,
    403,
    'a token is not the account itself',
  )
  assert.equal((await browser.send('PUT', own, { image: onePixel })).status, 200)
  assert.equal((await shown('ada')).headers.get('content-type'), 'image/webp')
  const last = (await hub.events('instance')).at(-1)
  assert.deepEqual([last?.type, last?.message], ['user.update', 'ada changed their picture'])
})

test('of two pictures at once, one is left, and both are recorded', async () => {
  const [red, green] = await Promise.all([flat(9, 9).png().toBuffer(), flat(9, 9, 'green').png().toBuffer()])
  const count = (await hub.events(orgId)).length
  const replies = await Promise.all([red, green, red, green].map((image) => send(ada, image)))
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 200, 200],
  )
  const events = (await hub.events(orgId)).slice(count)
  const kept = await hub.db.selectFrom('avatars').select('hash').where('org_id', '=', orgId).execute()
  assert.equal(kept.length, 1)
  assert.deepEqual(events.at(-1)?.data.after, { picture: kept[0]?.hash.toString('hex') })
})

test('a picture goes with the account, and with the organization', async () => {
  const cy = await hub.person('cy')
  const leaving = await signedIn(hub, 'cy')
  assert.equal((await leaving.send('PUT', own, { image: onePixel })).status, 200)
  const gone = await leaving.send('DELETE', '/api/settings/account', { confirm: 'cy', repositories: 'delete' })
  assert.equal(gone.status, 200, JSON.stringify(gone.body))
  assert.equal((await shown('cy')).status, 404)
  const kept = await hub.db.selectFrom('avatars').select('user_id').where('user_id', '=', cy.id).execute()
  assert.deepEqual(kept, [])
  await hub.db.updateTable('organizations').set({ deleted_at: new Date() }).where('id', '=', orgId).execute()
  assert.equal((await shown('acme')).status, 404)
})
