import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { namesTag, rangeOf } from './ranges.ts'

describe('a range', () => {
  const rows: [string | undefined, number, ReturnType<typeof rangeOf>][] = [
    [undefined, 10, undefined],
    ['bytes=0-0', 10, { start: 0, end: 0 }],
    ['bytes=9-', 10, { start: 9, end: 9 }],
    ['bytes=-3', 10, { start: 7, end: 9 }],
    ['bytes=-30', 10, { start: 0, end: 9 }],
    ['Bytes= 2-4 ', 10, { start: 2, end: 4 }],
    ['bytes=0-99999999999999999999', 10, { start: 0, end: 9 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=99999999999999999999-', 10, 'unsatisfiable'],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=0-0', 0, 'unsatisfiable'],
    ['bytes=4-2', 10, undefined],
    ['bytes=-', 10, undefined],
    ['bytes=1-2,4-5', 10, undefined],
    ['bytes=1-2-3', 10, undefined],
    ['items=1-2', 10, undefined],
  ]
  for (const [header, size, expected] of rows)
    it(`${header} of ${size}`, () => assert.deepEqual(rangeOf(header, size), expected))

  it('lies inside the file, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.nat()), fc.nat(), (start, end, size) => {
        const range = rangeOf(`bytes=${start}-${end ?? ''}`, size)
        if (typeof range !== 'object') return
        assert.ok(range.start === start && range.start <= range.end && range.end < size)
      }),
    )
  })
})

describe('entity tags', () => {
  it('are compared weakly, one of several', () => {
    for (const header of ['"a"', 'W/"a"', '"b", "a"', '"b",W/"a"', '*'])
      assert.equal(namesTag(header, '"a"'), true, header)
    for (const header of [undefined, '', 'a', '"b"', '"ab"', '"a']) assert.equal(namesTag(header, '"a"'), false, header)
  })
})
