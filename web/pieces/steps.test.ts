import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heightOf, stepAbove, stepPath } from './steps.ts'

test('a scale ends with a round number that is not below the highest value', () => {
  const found = [0, 1, 2, 3, 9, 38, 50, 61, 100, 101, 4812].map(stepAbove)
  assert.deepEqual(found, [2, 2, 2, 4, 10, 40, 60, 80, 100, 200, 6000])
})

test('values stand where the scale says', () => {
  assert.deepEqual(
    [0, 5, 10, 20].map((value) => heightOf(value, 10, 100)),
    [100, 50, 0, 0],
  )
})

test('an area is a step a pair, and closes', () => {
  assert.equal(
    stepPath([], (index) => index),
    '',
  )
  const path = stepPath(
    [
      [4, 9],
      [2, 9],
    ],
    (index) => index * 10,
  )
  assert.equal(path, 'M0 4L10 4L10 2L20 2L20 9L10 9L10 9L0 9Z')
})
