import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDigests } from './digest.ts'

const root = mkdtempSync(join(tmpdir(), 'gh-digest-'))
after(() => rmSync(root, { recursive: true, force: true }))
const digests = openDigests()

async function digestOf(bytes: Buffer, positions: readonly number[]): Promise<string> {
  const file = join(root, String(bytes.length))
  writeFileSync(file, bytes)
  const handle = await open(file, 'r')
  const digest = digests.follow(handle.fd)
  try {
    for (const position of positions) await digest.reaches(position)
    return await digest.hex()
  } finally {
    await digest.leave()
    await handle.close()
  }
}

test('hashes many files at once, in whatever pieces they are written', async () => {
  const sizes = [0, 1, 4_194_304, 4_194_305, 9_000_000, 20_000_000]
  const found = sizes.map(async (size) => {
    const bytes = randomBytes(size)
    const step = Math.max(1, size >> 3) + 77
    const positions = Array.from({ length: Math.ceil(size / step) }, (_, i) => Math.min(size, (i + 1) * step))
    assert.equal(await digestOf(bytes, positions), createHash('sha256').update(bytes).digest('hex'), String(size))
  })
  await Promise.all(found)
})

test('a file that is shorter than what was written has no hash, and disturbs no other', async () => {
  const bytes = randomBytes(5_000_000)
  await assert.rejects(digestOf(bytes, [4_500_000, 5_000_001]), /shorter/)
  await assert.rejects(digestOf(bytes, [5_000_001, 10_000_000, 15_000_000]), /shorter/)
  assert.equal(await digestOf(bytes, [5_000_000]), createHash('sha256').update(bytes).digest('hex'))
})

test('a file that is left early is forgotten', async () => {
  const handle = await open(join(root, '5000000'), 'r')
  const digest = digests.follow(handle.fd)
  await digest.reaches(4_500_000)
  await digest.leave()
  await digest.leave()
  await handle.close()
})
