import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { moveClock } from '../../kernel/clock.ts'
import { newId } from '../../kernel/ids.ts'
import { instanceKey } from '../../keys/instance-key.ts'
import { type LinkClaims, readLink, signLink } from './links.ts'

const key = instanceKey('a secret of this installation, long enough')
const claims: LinkClaims = {
  repoId: newId(),
  oid: 'ab'.repeat(32),
  size: 5_368_709_121,
  op: 'part',
  uploadId: newId(),
  part: 9999,
  userId: newId(),
  tokenId: newId(),
  tokenLast4: 'aB9z',
  sessionId: null,
  isScoped: false,
}

afterEach(() => moveClock(0))

test('a link says what was signed, and fits an address as it is', () => {
  const link = signLink(key, claims, 600)
  assert.deepEqual(readLink(key, link), { ...claims, isLate: false })
  assert.match(link, /^[\w.-]{1,300}$/)
  const least: LinkClaims = { ...claims, op: 'download', size: 0, userId: null, tokenId: null, tokenLast4: null }
  delete least.uploadId
  delete least.part
  assert.deepEqual(readLink(key, signLink(key, least, 600)), { ...least, isLate: false })
})

test('a link ends when it should, and after ten minutes at the latest', () => {
  const download: LinkClaims = { ...claims, op: 'download' }
  const brief = signLink(key, download, 60)
  const long = signLink(key, download, 86_400)
  moveClock(59_000)
  assert.ok(readLink(key, brief))
  moveClock(61_000)
  assert.equal(readLink(key, brief), undefined)
  assert.ok(readLink(key, long))
  moveClock(601_000)
  assert.equal(readLink(key, long), undefined)
})

test('a link of an upload is read for a day, and says that it is late', () => {
  const link = signLink(key, claims, 600)
  moveClock(601_000)
  assert.equal(readLink(key, link)?.isLate, true)
  assert.equal(readLink(key, signLink(key, { ...claims, op: 'download' }, -1)), undefined)
  moveClock(87_001_000)
  assert.equal(readLink(key, link), undefined)
})

test('no other text is a link', () => {
  const link = signLink(key, claims, 600)
  for (let at = 0; at < link.length; at++) {
    const other = link[at] === 'a' ? 'b' : 'a'
    assert.equal(readLink(key, link.slice(0, at) + other + link.slice(at + 1)), undefined, `changed at ${at}`)
  }
  for (const text of ['', '.', '..........', link.slice(0, -1), `${link}a`, `a.${link}`, `.${link}`, link.repeat(2)]) {
    assert.equal(readLink(key, text), undefined)
  }
  assert.equal(readLink(instanceKey('another secret of another installation'), link), undefined)
  assert.throws(() => signLink(key, { ...claims, uploadId: 'a.b' }, 600))
})
