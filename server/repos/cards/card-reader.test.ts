import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asCaller } from '../../shares/caller.ts'
import { headOfCard } from './card-head.ts'
import { noCard, readCard } from './card-reader.ts'

const eve = { id: 'eve', isAnonymous: false }

function cardOf(head: string): string {
  return `---\n${head}\n---\n# Title\n`
}

/** Does this while a clock ticks; answers the longest time between two ticks. */
async function longestWaitMs(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0
  let last = performance.now()
  const tick = () => {
    longestMs = Math.max(longestMs, performance.now() - last)
    last = performance.now()
  }
  const ticking = setInterval(tick, 5)
  await work().finally(() => clearInterval(ticking))
  tick()
  return longestMs
}

const bombs: Record<string, string> = {
  'maps as keys': `${'{? '.repeat(280)}a${'}'.repeat(280)}`,
  'maps as keys of maps': `${'{'.repeat(600)}a${': 1}'.repeat(600)}`,
  'a few maps as keys': `${'{? '.repeat(25)}a${'}'.repeat(25)}`,
  'open brackets': '['.repeat(190_000),
  'lists in lists': `${'- '.repeat(90_000)}a`,
  'very many keys': Array.from({ length: 24_000 }, (_, index) => `k${index}:`).join('\n'),
  'one alias very often': `a: &a {x: 1}\n${Array.from({ length: 10_000 }, (_, index) => `b${index}: *a`).join('\n')}`,
  'a long text again and again': `a: &a "${'x'.repeat(150_000)}"\n${Array.from({ length: 90 }, (_, index) => `b${index}: *a`).join('\n')}`,
}

describe('the head of a card', () => {
  it('is read whether it is short or long', async () => {
    assert.deepEqual((await readCard(cardOf('license: mit'))).data, { license: 'mit' })
    const long = await readCard(cardOf(`license: mit\n${'# more\n'.repeat(2000)}tags: [a, b]`))
    assert.deepEqual(long, { data: { license: 'mit', tags: ['a', 'b'] }, problems: [], found: true })
    assert.equal(await readCard('# Title\n'), noCard)
  })

  it('may have numbers and words of YAML as names', async () => {
    const { data } = await readCard(cardOf('names:\n  0: cat\n  1: dog\n  true: x\n  null: y\n  1.50: z'))
    assert.deepEqual(data, { names: { '0': 'cat', '1': 'dog', true: 'x', null: 'y', '1.50': 'z' } })
  })

  it('begins where the Python client sees it begin, and ends where it does', async () => {
    const license = { license: 'mit' }
    for (const text of [
      '\n\n---\nlicense: mit\n---\n',
      ' \t\r\n---\r\nlicense: mit\r\n---',
      '\uFEFF---\nlicense: mit\n---\n# Hi',
    ])
      assert.deepEqual((await readCard(text)).data, license, JSON.stringify(text))
    assert.deepEqual((await readCard('---\nlicense: mit---\n---\n')).data, { license: 'mit---' })
    assert.deepEqual((await readCard('---\n---\n')).found, true)
    assert.equal(await readCard('# Title\n---\nlicense: mit\n---\n'), noCard)
  })

  for (const [what, bomb] of Object.entries(bombs)) {
    it(`is given up when it is made of ${what}`, async () => {
      const waitedMs = await longestWaitMs(async () => {
        const card = await asCaller(eve, () => readCard(cardOf(bomb)))
        assert.deepEqual([card.data, card.problems.length > 0, card.found], [{}, true, true])
        assert.equal(await readCard(cardOf(bomb)), card)
      })
      assert.ok(waitedMs < 30_000, `everybody waited ${waitedMs} ms`)
    })
  }

  it('is read for others while one caller has many that take long', async () => {
    const bomb = (index: number) => cardOf(`# ${index}\n${bombs['very many keys']}`)
    const answered: string[] = []
    const bombing = Array.from({ length: 6 }, async (_, index) => {
      await asCaller(eve, () => readCard(bomb(index)))
      answered.push('eve')
    })
    const { data } = await readCard(cardOf('license: apache-2.0'))
    answered.push('ada')
    await Promise.all(bombing)
    assert.deepEqual(data, { license: 'apache-2.0' })
    assert.ok(answered.indexOf('ada') <= 1, answered.join(' '))
  })

  it('is found in no time, whatever the text is made of', () => {
    const pieces = fc.constantFrom('---', '--', '-', ' ', '\t', '\r', '\n', '\r\n', 'a: b', '\uFEFF', '{', '? ')
    const times = fc.integer({ min: 1, max: 60_000 })
    const text = fc.array(fc.tuple(pieces, times), { maxLength: 8 })
    fc.assert(
      fc.property(text, (parts) => {
        const began = performance.now()
        headOfCard(`---\n${parts.map(([piece, times]) => piece.repeat(times)).join('')}`)
        assert.ok(performance.now() - began < 5000)
      }),
    )
  })
})
