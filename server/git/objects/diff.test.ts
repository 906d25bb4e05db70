import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { diffBetween, diffOfCommit, mergeBase } from './diff.ts'

const scratch = openScratch()
const { host } = scratch
after(() => scratch.close())

const lines = (count: number, text = 'line') =>
  Array.from({ length: count }, (_, index) => `${text} ${index}\n`).join('')

describe('a diff', () => {
  it('of the first commit shows everything', async () => {
    const repo = scratch.create()
    const first = scratch.commit(repo, { a: 'one\ntwo\n', empty: '' })
    const { files, truncated } = await diffOfCommit(host, repo, first)
    assert.equal(truncated, false)
    assert.deepEqual(
      files.map(({ status, newPath, additions, deletions, patch }) => [status, newPath, additions, deletions, patch]),
      [
        ['added', 'a', 2, 0, '@@ -0,0 +1,2 @@\n+one\n+two\n'],
        ['added', 'empty', 0, 0, ''],
      ],
    )
  })

  it('shows what became of each file', async () => {
    const repo = scratch.create()
    const base = {
      changed: 'one\ntwo\n',
      gone: 'x\n',
      moved: lines(50),
      script: 'x\n',
      binary: { content: Buffer.from('a\0b') },
      type: 'a file\n',
      'odd\nname': 'x\n',
      zlast: 'one\n',
    }
    const before = scratch.commit(repo, base)
    const after = scratch.commit(repo, {
      changed: 'one\n2\n',
      gone: undefined,
      moved: undefined,
      'moved to': `${lines(50)}more\n`,
      script: { mode: '100755', content: 'x\n' },
      binary: { content: Buffer.from('a\0c') },
      type: { mode: '120000', content: 'changed' },
      'odd\nname': 'diff --git a/x b/x\n@@ -1 +1 @@\n--- a\n+++ b\n',
      zlast: 'two\n',
    })
    const { files } = await diffOfCommit(host, repo, after)
    assert.deepEqual(
      files.map((file) => [file.status, file.newPath, file.additions, file.deletions, file.binary]),
      [
        ['modified', 'binary', 0, 0, true],
        ['modified', 'changed', 1, 1, false],
        ['deleted', 'gone', 0, 1, false],
        ['renamed', 'moved to', 1, 0, false],
        ['modified', 'odd\nname', 4, 1, false],
        ['modified', 'script', 0, 0, false],
        ['typechange', 'type', 1, 1, false],
        ['modified', 'zlast', 1, 1, false],
      ],
    )
    assert.equal(files[3]?.oldPath, 'moved')
    assert.equal(files[5]?.newMode, '100755')
    assert.match(files[4]?.patch ?? '', /^@@ .*\n-x\n\+diff --git a\/x b\/x\n\+@@ -1 \+1 @@\n\+--- a\n\+\+\+\+ b\n$/)
    assert.deepEqual((await diffBetween(host, repo, after, before)).files.length, 8)
    assert.deepEqual(await diffBetween(host, repo, after, after), { files: [], truncated: false })
  })

  it('stays within its bounds', async () => {
    const repo = scratch.create()
    const many = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`f${String(index).padStart(3, '0')}`, lines(3)]),
    )
    const first = await diffOfCommit(host, repo, scratch.commit(repo, many))
    assert.deepEqual([first.files.length, first.truncated], [300, true])
    assert.equal(first.files.at(-1)?.additions, 3)
    const long = await diffOfCommit(host, repo, scratch.commit(repo, { long: lines(60_000), z: 'short\n' }))
    assert.deepEqual(
      long.files.map(({ additions, truncated }) => [additions, truncated]),
      [
        [60_000, true],
        [1, false],
      ],
    )
    assert.ok((long.files[0]?.patch.length ?? 0) <= 200_000)
    assert.equal(long.truncated, true)
    const wide = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`w${index}`, lines(10_000, 'wide text')]))
    const all = await diffOfCommit(host, repo, scratch.commit(repo, wide))
    assert.ok(all.files.reduce((sum, file) => sum + file.patch.length, 0) <= 2_000_000)
  })

  it('runs nothing that the repository asks for', async () => {
    const repo = scratch.create()
    const before = scratch.commit(repo, { '.gitattributes': '* diff=evil\n', a: 'x\n' })
    scratch.git(repo, ['config', 'diff.evil.textconv', 'touch pwned;'])
    scratch.git(repo, ['config', 'diff.evil.command', 'touch pwned;'])
    const after = scratch.commit(repo, { a: 'y\n' })
    const { files } = await diffBetween(host, repo, before, after)
    assert.equal(files[0]?.additions, 1)
    assert.throws(() => scratch.git(repo, ['cat-file', '-e', ':pwned']))
  })

  it('of a merge is against its first parent; two histories have a common base or none', async () => {
    const repo = scratch.create()
    const root = scratch.commit(repo, { a: '1\n' })
    const left = scratch.commit(repo, { a: '2\n' })
    scratch.git(repo, ['update-ref', 'refs/heads/side', root])
    const right = scratch.commit(repo, { b: '1\n' }, { branch: 'side' })
    const tree = scratch.git(repo, ['merge-tree', '--write-tree', left, right])
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
    const merge = scratch.git(repo, [...identity, 'commit-tree', tree, '-p', left, '-p', right, '-m', 'merge'])
    assert.deepEqual(
      (await diffOfCommit(host, repo, merge)).files.map(({ newPath }) => newPath),
      ['b'],
    )
    assert.equal(await mergeBase(host, repo, left, right), root)
    const stranger = scratch.commit(repo, { c: '1' }, { branch: 'stranger' })
    assert.equal(await mergeBase(host, repo, left, stranger), undefined)
  })
})
