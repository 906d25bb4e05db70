import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databaseFiles } from '../tools/database-files.ts'
import { isStale } from '../tools/files.ts'

test('what is generated from the database is as it would be generated now', async () => {
  const stale = (await databaseFiles()).filter(isStale).map(({ file }) => file)
  assert.deepEqual(stale, [], 'run: npm run generate')
})

test('every table says what it is for', async () => {
  const page = (await databaseFiles()).find(({ file }) => file.endsWith('schema.md'))?.content ?? ''
  const silent = page.match(/^## .+\n\n(?=\|)/gm) ?? []
  assert.ok(page.includes('## organizations'))
  assert.deepEqual(silent, [])
})
