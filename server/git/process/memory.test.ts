import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { memoryOfEach } from '../host.ts'
import { runGit } from './process.ts'

const gibibyte = 1024 ** 3
const scratch = openScratch()
after(() => scratch.close())

describe('memory of a git process', () => {
  it('is its part of the machine, and what it maps', () => {
    const parts = [8, 64, 1024].map((gibibytes) => memoryOfEach(gibibytes * gibibyte, 24) / gibibyte)
    assert.deepEqual(parts, [0.625, 2.25, 4])
  })

  it('is set for each of them', async () => {
    const args = ['-c', 'alias.limit=!ulimit -v', 'limit']
    const { output } = await runGit(scratch.host, scratch.create(), args)
    assert.equal(Number(String(output)), Math.floor(scratch.host.memoryBytes / 1024))
    assert.ok(scratch.host.memoryBytes <= 4 * gibibyte)
  })
})
