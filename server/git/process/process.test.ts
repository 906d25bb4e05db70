import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openScratch } from '../../../tests/git-repository.ts'
import { bytesOf, dropOutput, exitOf, keepOutput, spawnGit } from './process.ts'

const scratch = openScratch()
after(() => scratch.close())

/** A process that has said something and ended. */
async function endedProcess() {
  const child = spawnGit(scratch.host, scratch.create(), ['version'])
  keepOutput(child)
  await once(child, 'exit')
  await nextTurn()
  return child
}

describe('what a process has said before it ended', () => {
  it('is there for who reads it later', async () => {
    assert.match(String(await bytesOf(await endedProcess())), /^git version/)
  })

  it('keeps nothing open once it is dropped', async () => {
    const child = await endedProcess()
    const closed = exitOf(child)
    dropOutput(child)
    assert.equal(await closed, 0)
  })
})
