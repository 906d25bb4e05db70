import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { docAddress, docAt, guideTitles, linkedDoc } from './guides.ts'

const folder = new URL('../docs/guides/', import.meta.url)

test('the list of guides is that of docs/guides, with their titles', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.md'))
  const titles = files.map((file) => {
    const [first = ''] = readFileSync(new URL(file, folder), 'utf8').split('\n')
    return [file.replace('.md', ''), first.replace('# ', '')]
  })
  assert.deepEqual(Object.fromEntries(titles), guideTitles)
})

test('each document has one address, which finds it again', () => {
  const known = new Set(['README', 'guides/members', 'guides/limits', 'guides/api', 'reference/limits'])
  for (const path of known) {
    const address = docAddress(path).replace(/^\/docs\/?/, '')
    assert.equal(docAt(address, known), path)
  }
  assert.equal(docAddress('guides/members'), '/docs/members')
  assert.notEqual(docAddress('guides/api'), '/docs/api', 'which is the API reference')
  assert.equal(docAt('../../etc/passwd', known), undefined)
})

test('links lead below docs/, or nowhere', () => {
  const rows: [string, string, string | undefined][] = [
    ['guides/members', 'offboarding.md', 'guides/offboarding.md'],
    ['guides/members', '../reference/limits.md#x', 'reference/limits.md'],
    ['README', 'guides/members.md', 'guides/members.md'],
    ['guides/members', '../../CHANGELOG.md', undefined],
  ]
  for (const [from, link, to] of rows) assert.equal(linkedDoc(from, link), to, link)
})
