import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashText } from './hashes.ts'
import { readShard } from './shard.ts'

// What hf-xet 1.8.0 sends for the file “a”
const records = [
  '48465265706f4d6574614461746100556967456a7b815783a5bdd95ccdd14aa902000000000000000000000000000000',
  '0941f3f5faffa7491e543e7f7591a1d415830e1ecd7d4326be56787503a55434000000c0010000000000000000000000',
  '51feb2fc80edd4a4906f3e1d3259fc7730588da4353ef2fa8a17343f07bf143100000000010000000000000001000000',
  '67e0e6867f12561863994dd895e87cd1bec06f565e5653bd3ce698f14cee8c2a00000000000000000000000000000000',
  'cabd1bca128197ca4ddc239ab331c2fa724e7c14f8ef86a7bb48eeaf857780b900000000000000000000000000000000',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000000000000000000000000000',
  '51feb2fc80edd4a4906f3e1d3259fc7730588da4353ef2fa8a17343f07bf143100000000010000000100000000000000',
  '51feb2fc80edd4a4906f3e1d3259fc7730588da4353ef2fa8a17343f07bf143100000000010000000000000000000000',
  'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000000000000000000000000000',
].map((record) => Buffer.from(record, 'hex'))
const shard = Buffer.concat(records)
const xorb = 'a4d4ed80fcb2fe5177fc59321d3e6f90faf23e35a48d58303114bf073f34178a'

/** The shard with some bytes put over what is there. */
function changed(at: number, bytes: string): Buffer {
  const copy = Buffer.from(shard)
  copy.write(bytes, at, 'hex')
  return copy
}

describe('a shard', () => {
  it('is read as the client sends it', () => {
    const [file, listed] = [...readShard(shard)]
    assert.ok(file?.kind === 'file')
    assert.equal(file.hash, '49a7fffaf5f34109d4a191757f3e541e26437dcd1e0e83153454a503757856be')
    assert.equal(file.sha256, 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb')
    assert.equal(file.terms, 1)
    const { proof, ...term } = file.term(0)
    assert.deepEqual(term, { xorb, bytes: 1, first: 0, end: 1 })
    assert.equal(hashText(proof), '1856127f86e6e067d17ce895d84d9963bd53565e566fc0be2a8cee4cf198e63c')
    assert.deepEqual(listed, { kind: 'xorb', hash: xorb })
  })

  it('has a footer or none, whatever its header says', () => {
    const footer = Buffer.alloc(200)
    for (const said of ['0000000000000000', 'c800000000000000', 'ffffffffffffffff']) {
      const header = changed(40, said)
      assert.equal([...readShard(header)].length, 2, said)
      assert.equal([...readShard(Buffer.concat([header, footer]))].length, 2, said)
    }
  })

  const broken: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['another tag', changed(0, '00')],
    ['another version', changed(32, '03')],
    ['more terms than bytes', changed(48 + 36, 'ffffffff')],
    ['no terms', changed(48 + 36, '00000000')],
    ['more chunks than bytes', changed(6 * 48 + 36, 'ffffffff')],
    ['no metadata', changed(48 + 32, '00000080')],
    ['no verification', changed(48 + 32, '00000040')],
    ['bytes left over', Buffer.concat([shard, Buffer.alloc(48)])],
    ['a second file that is cut off', Buffer.concat([shard.subarray(0, 5 * 48), shard.subarray(48, 3 * 48)])],
  ]
  for (const [name, bytes] of broken) {
    it(`is refused with ${name}`, () => assert.throws(() => [...readShard(bytes)], { code: 'BadRequest' }))
  }

  it('is refused when it ends anywhere within', () => {
    for (let length = 0; length < shard.length; length += 7)
      assert.throws(() => [...readShard(shard.subarray(0, length))], { code: 'BadRequest' }, `cut after ${length}`)
  })
})
