import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instanceKey } from './instance-key.ts'

const key = instanceKey('a secret of this installation, long enough')
const other = instanceKey('another secret of another installation')

test('what is sealed opens again, begins with version and key ID, and differs each time', () => {
  for (const plain of ['', 'x', 'Grüße 🦜', 'x'.repeat(10_000)]) assert.equal(key.open(key.seal(plain)), plain)
  const [one, two] = [key.seal('same'), key.seal('same')]
  assert.notDeepEqual(one, two)
  for (const sealed of [one, two]) assert.equal(sealed.subarray(0, 9).toString('hex'), `01${key.fingerprint}`)
})

test('another key, another version, a changed or missing byte opens nothing', () => {
  const sealed = key.seal('secret')
  assert.throws(() => other.open(sealed), new RegExp(`the key ${key.fingerprint}`))
  assert.throws(() => key.open(Buffer.concat([Buffer.from([2]), sealed.subarray(1)])), /version 2/)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.throws(() => key.open(changed), `byte ${at}`)
    assert.throws(() => key.open(sealed.subarray(0, at)), `cut at ${at}`)
  }
})

test('during a rotation, both keys open, the new one seals, and what people keep stays signed as it was', () => {
  const ring = instanceKey('a secret of this installation, long enough')
  const sealed = ring.seal('secret')
  const [code, link] = [ring.sign('recovery code', 'x'), ring.sign('lfs link', 'x')]
  ring.turnTo('the next secret of this installation, long enough')
  assert.equal(ring.open(sealed), 'secret')
  assert.equal(ring.open(ring.seal('new')), 'new')
  assert.notEqual(ring.fingerprint, key.fingerprint)
  assert.deepEqual(ring.formerHeader, sealed.subarray(0, 9))
  assert.equal(ring.sign('recovery code', 'x'), code)
  assert.equal(ring.keptFingerprint, key.fingerprint)
  assert.equal(ring.proves('lfs link', 'x', link), true)
  ring.dropFormer()
  assert.throws(() => ring.open(sealed), new RegExp(`the key ${key.fingerprint}`))
  assert.equal(ring.proves('lfs link', 'x', link), false)
  assert.equal(ring.sign('recovery code', 'x'), code)
  const later = instanceKey('the next secret of this installation, long enough')
  later.signWithKept(ring.keptKeys())
  assert.equal(later.sign('recovery code', 'x'), code)
})
