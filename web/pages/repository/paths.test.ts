import assert from 'node:assert/strict'
import { test } from 'node:test'
import { folderOf, nameOf, pathFrom, shellWord, shortRevision, surroundingsOf, withoutFrontMatter } from './paths.ts'

test('relative paths of a document stay inside the repository', () => {
  assert.equal(pathFrom('docs/guide', './a.png'), 'docs/guide/a.png')
  assert.equal(pathFrom('docs/guide', '../b.md'), 'docs/b.md')
  assert.equal(pathFrom('docs', '../../../etc/passwd'), 'etc/passwd')
  assert.equal(pathFrom('', './'), '')
})

test('addresses of neighbours are encoded, slashes of the revision too', () => {
  const around = surroundingsOf({ type: 'dataset', id: 'acme/corpus' }, 'feature/x', 'docs/README.md')
  assert.equal(around.page('50% of $it.md'), '/datasets/acme/corpus/blob/feature%2Fx/docs/50%25%20of%20%24it.md')
  assert.equal(around.bytes('../a#1.png'), '/datasets/acme/corpus/resolve/feature%2Fx/a%231.png')
  assert.equal(around.page('..'), '/datasets/acme/corpus/tree/feature%2Fx')
})

test('the metadata at the head of a card is cut off, and nothing else', () => {
  assert.equal(withoutFrontMatter('---\nlicense: mit\n---\n# Title'), '# Title')
  assert.equal(withoutFrontMatter('---\r\nlicense: mit\r\n---\r\n# Title'), '# Title')
  assert.equal(withoutFrontMatter('# Title\n---\nmore\n---\n'), '# Title\n---\nmore\n---\n')
  assert.equal(withoutFrontMatter('---\nonly: metadata\n---'), '')
})

test('paths and revisions are shortened', () => {
  assert.deepEqual([nameOf('a/b.txt'), folderOf('a/b.txt'), folderOf('b.txt')], ['b.txt', 'a', ''])
  assert.equal(shortRevision('0123456789abcdef0123456789abcdef01234567'), '0123456')
  assert.equal(shortRevision('release'), 'release')
})

test('a name of a branch is no command', () => {
  assert.equal(shellWord('feature/x-1.0'), 'feature/x-1.0')
  assert.equal(shellWord('x;echo$IFS`id`'), "'x;echo$IFS`id`'")
  assert.equal(shellWord("it's"), `'it'\\''s'`)
})
