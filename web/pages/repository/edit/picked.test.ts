import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickedFrom, withMore } from './picked.ts'

const file = (name: string, folder = '') =>
  Object.assign(new File(['x'], name), { webkitRelativePath: folder === '' ? '' : `${folder}/${name}` })
const paths = (list: { path: string }[]) => list.map(({ path }) => path)

test('folders keep their paths, and what belongs in no commit is left out', () => {
  const list = [
    file('a.txt'),
    file('b.txt', 'data'),
    file('config', 'data/.git'),
    file('.DS_Store', 'data'),
    file('.gitattributes', 'data'),
  ]
  assert.deepEqual(paths(pickedFrom(list as unknown as FileList)), ['a.txt', 'data/b.txt', 'data/.gitattributes'])
})

test('of two files with one path the later one stays, and the list is in order', () => {
  const [old, fresh] = [file('a.txt'), file('a.txt')]
  const merged = withMore(
    [
      { path: 'b.txt', file: old },
      { path: 'a.txt', file: old },
    ],
    [{ path: 'a.txt', file: fresh }],
  )
  assert.deepEqual(paths(merged), ['a.txt', 'b.txt'])
  assert.equal(merged[0]?.file, fresh)
})
