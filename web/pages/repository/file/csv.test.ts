import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf, separatorOf } from './csv.ts'

test('cells may hold separators, quotes and line breaks inside quotes', () => {
  assert.deepEqual(rowsOf('a,b\r\n"x, ""y""\nz",2\r\n', ',', 10), [
    ['a', 'b'],
    ['x, "y"\nz', '2'],
  ])
})

test('empty cells count, empty lines do not', () => {
  assert.deepEqual(rowsOf('a,b,\n\n,,c\n1,', ',', 10), [
    ['a', 'b', ''],
    ['', '', 'c'],
    ['1', ''],
  ])
})

test('only as many rows are read as are shown, and a quote that is never closed ends with the text', () => {
  assert.deepEqual(rowsOf('1\n2\n3', ',', 2), [['1'], ['2']])
  assert.deepEqual(rowsOf('a,"b', ',', 10), [['a', 'b']])
})

test('the separator is what the first line holds most of', () => {
  assert.equal(separatorOf('a\tb\tc,d\n1'), '\t')
  assert.equal(separatorOf('a;b;c\n1,2,3,4'), ';')
  assert.equal(separatorOf('alone'), '\t')
})
