import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCsvFile } from './csv-file.ts'

const file = (content: BlobPart, name = 'people.csv') => new File([content], name)
const problemOf = async (given: File) => {
  const read = await readCsvFile(given)
  return 'problem' in read ? read.problem : undefined
}

test('readCsvFile: names with accents and other scripts come in whole', async () => {
  const text = 'fullname\nJérémy Müller\n山田太郎\n'
  assert.deepEqual(await readCsvFile(file(text)), { name: 'people.csv', text })
})

test('readCsvFile: a byte order mark is no part of the text', async () => {
  const read = await readCsvFile(file('\ufeffemail\n'))
  assert.deepEqual(read, { name: 'people.csv', text: 'email\n' })
})

test('readCsvFile: spreadsheets are refused by their name, before they are read', async () => {
  for (const name of ['a.xlsx', 'a.XLS', 'a.ods', 'a.numbers'])
    assert.match((await problemOf(file('email\n', name))) ?? '', /is a spreadsheet\. Save it as CSV/, name)
})

test('readCsvFile: what is not UTF-8 is refused instead of breaking a name', async () => {
  const latin1 = new Uint8Array([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72])
  assert.match((await problemOf(file(latin1))) ?? '', /isn’t UTF-8/)
})

test('readCsvFile: nothing but blanks is empty, and 8 MB are enough', async () => {
  assert.equal(await problemOf(file(' \n\r\n')), 'people.csv is empty.')
  assert.equal(await problemOf(file('x'.repeat(8_000_000))), undefined)
  assert.match((await problemOf(file('x'.repeat(8_000_001)))) ?? '', /larger than 8 MB/)
})
