import assert from 'node:assert/strict'
import { it } from 'node:test'
import { documentLinks } from '../tools/document-links.ts'

it('finds links to files and headings that do not exist, outside of code', () => {
  const lines = [
    '# One page',
    '[a](mail.md) [b](none.md) [c](#one-page) [d](#none) [e](https://example.org/none)',
    '[f](../README.md#dont-guess) `[g](none.md)`',
    '```',
    '[h](none.md)',
    '```',
  ]
  const found = documentLinks([
    { file: 'docs/guides/members.md', lines },
    { file: 'docs/README.md', lines: ["## Don't guess"] },
  ])
  assert.deepEqual(
    found.map(({ line, problem }) => `${line} ${problem}`),
    ['2 links to none.md, which does not exist.', '2 links to #none, which does not exist.'],
  )
})
