import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readList } from './rows.ts'

const read = (text: string) => {
  const list = readList(text)
  return list && ('rows' in list ? list.rows.map(({ email, username }) => email ?? `name ${username}`) : list)
}

test('nothing is no list, and neither is a header alone', () => {
  assert.deepEqual(['', ' \n\n', 'email,role\n'].map(read), [undefined, undefined, undefined])
})

test('addresses and names are read however they stand beside each other', () => {
  assert.deepEqual(read('ada@example.org\r\nbo\n\n  cy@example.org, dee; @eve\n'), [
    'ada@example.org',
    'name bo',
    'cy@example.org',
    'name dee',
    'name eve',
  ])
})

test('of what was copied out of a mail, the addresses are taken', () => {
  assert.deepEqual(read('"Lovelace, Ada" <ada@example.org>; Bo Ek <bo@example.org>'), [
    'ada@example.org',
    'bo@example.org',
  ])
})

test('with a header it is a file, whatever separates its cells', () => {
  const text = '\uFEFFEmail;Groups\r\nada@example.org;"vision:write;speech:read"\r\n\r\nbo@example.org;\r\n'
  assert.deepEqual(readList(text), { csv: text, count: 2 })
  const tabbed = text.replace('Email;', 'Email\t').replaceAll('org;', 'org\t')
  assert.deepEqual(readList(tabbed), { csv: tabbed, count: 2 })
  const said = `sep=;\r\n;;\r\n${text.slice(1).replace('Email', ['E', 'Mail'].join('-'))}`
  assert.deepEqual(readList(said), { csv: said, count: 2 })
  assert.deepEqual(readList('username\nada'), { csv: 'username\nada', count: 1 })
})
