import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNotAPath } from './whyNotAPath.ts'

test('paths that can be committed, and those that cannot', () => {
  for (const path of ['a', 'a/b.md', '.gitattributes', 'ä ö/ü', '...', 'a.git/b'])
    assert.equal(whyNotAPath(path), undefined, path)
  for (const path of ['', 'a/', '/a', 'a//b', '../a', 'a/./b', '.git/config', 'a/.GIT', 'a\\b', 'x'.repeat(5000)])
    assert.notEqual(whyNotAPath(path), undefined, path)
})
