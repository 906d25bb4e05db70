import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readCard } from './card-reader.ts'

function cardOf(head: string): string {
  return `---\n${head}\n---\n# Title\n`
}

describe('the head of a card', () => {
  it('is read whether it is short or long', async () => {
    assert.deepEqual((await readCard(cardOf('license: mit'))).data, { license: 'mit' })
    const long = await readCard(cardOf(`license: mit\n${'# more\n'.repeat(2000)}tags: [a, b]`))
    assert.deepEqual(long, { data: { license: 'mit', tags: ['a', 'b'] }, problems: [], found: true })
    assert.equal((await readCard('# Title\n')).found, false)
  })

  it('holds up nobody, however it is written', async () => {
    const keys = Array.from({ length: 30_000 }, (_, index) => `k${index}:`).join('\n')
    const aliases = `a: &a {x: 1}\n${Array.from({ length: 10_000 }, (_, index) => `b${index}: *a`).join('\n')}`
    let longestMs = 0
    let last = performance.now()
    const ticking = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last)
      last = performance.now()
    }, 10)
    const cards = await Promise.all([keys, '['.repeat(190_000), aliases].map((head) => readCard(cardOf(head))))
    clearInterval(ticking)
    assert.deepEqual(
      cards.slice(1).map(({ problems }) => problems.length > 0),
      [true, true],
    )
    assert.ok(longestMs < 2000, `everybody waited ${longestMs} ms`)
    assert.deepEqual((await readCard(cardOf(`a: 1\n${'#\n'.repeat(3000)}`))).data, { a: 1 })
  })
})
