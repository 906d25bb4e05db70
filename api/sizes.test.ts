import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesIn, sized } from './sizes.ts'

test('sizes are written as people read them', () => {
  const rows: [number, string][] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1500, '1.5 kB'],
    [10_000_000_000, '10 GB'],
  ]
  for (const [bytes, words] of rows) assert.equal(sized(bytes), words)
})

test('sizes are read as people write them', () => {
  const rows: [string, number | undefined][] = [
    ['1000', 1000],
    ['0', 0],
    ['12 bytes', 12],
    ['50 GB', 50e9],
    ['50g', 50e9],
    [' 1.5TB ', 1.5e12],
    ['380 MB', 380e6],
    ['', undefined],
    ['-1 GB', undefined],
    ['ten', undefined],
    ['1.2.3', undefined],
    ['1 XB', undefined],
  ]
  for (const [words, bytes] of rows) assert.equal(bytesIn(words), bytes, words)
})
