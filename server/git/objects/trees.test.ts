import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { isPlainPath, listTree, pathEntries, pointersOf, type TreeEntry } from './trees.ts'

const scratch = openScratch()
const { host } = scratch
after(() => scratch.close())

const sha = 'b'.repeat(64)
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha}\nsize 4096\n`
const repo = scratch.create()
const commit = scratch.commit(repo, {
  'README.md': '# hello',
  'a-b': 'before the folder',
  'a/x.txt': 'x',
  'a/deep/y.txt': 'yy',
  'a.txt': 'after a-b, before the folder',
  'model.bin': pointer,
  'run.sh': { mode: '100755', content: '#!/bin/sh' },
  link: { mode: '120000', content: 'README.md' },
  module: { mode: '160000', content: '1'.repeat(40) },
  'with\nline': 'odd',
  'größe.txt': 'ü',
})

async function all(query: Partial<Parameters<typeof listTree>[2]>, limit = 1000): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = []
  let next: string | undefined
  do {
    const after = next === undefined ? {} : { after: next }
    const page = await listTree(host, repo, { commit, path: '', recursive: false, limit, ...query, ...after })
    assert.ok(page)
    assert.ok(page.entries.length <= limit)
    entries.push(...page.entries)
    next = page.next
  } while (next !== undefined)
  return entries
}

function asGitLists(args: string[]): string[] {
  const lines = scratch
    .git(repo, ['ls-tree', '-z', '-l', '--full-tree', ...args])
    .split('\0')
    .filter(Boolean)
  return lines.map((line) => line.replace(/\s+/g, ' '))
}

function asLines(entries: TreeEntry[]): string[] {
  const types = { file: 'blob', symlink: 'blob', directory: 'tree', submodule: 'commit' }
  return entries.map(({ type, mode, oid, size, path }) => {
    const shown = type === 'directory' || type === 'submodule' ? '-' : size
    return `${mode} ${types[type]} ${oid} ${shown} ${path}`.replace(/\s+/g, ' ')
  })
}

describe('trees', () => {
  it('list as git does', async () => {
    assert.deepEqual(asLines(await all({})), asGitLists([commit]))
    assert.deepEqual(asLines(await all({ recursive: true })), asGitLists(['-r', '-t', commit]))
  })

  for (const limit of [1, 2, 3, 5])
    it(`list the same in pages of ${limit}`, async () => {
      assert.deepEqual(await all({ recursive: true }, limit), await all({ recursive: true }))
      assert.deepEqual(await all({}, limit), await all({}))
      assert.deepEqual(await all({ path: 'a', recursive: true }, limit), await all({ path: 'a', recursive: true }))
    })

  it('list a folder with paths from the root', async () => {
    assert.deepEqual(
      (await all({ path: 'a' })).map(({ path }) => path),
      ['a/deep', 'a/x.txt'],
    )
    assert.deepEqual(
      (await all({ path: 'a', recursive: true })).map(({ path }) => path),
      ['a/deep', 'a/deep/y.txt', 'a/x.txt'],
    )
  })

  it('go on behind a place that is gone', async () => {
    const page = await listTree(host, repo, { commit, path: '', recursive: true, after: 'a/f/gone', limit: 2 })
    assert.deepEqual(
      page?.entries.map(({ path }) => path),
      ['a/x.txt', 'größe.txt'],
    )
  })

  it('say nothing of what is no folder', async () => {
    for (const path of ['README.md', 'none', 'module', 'link', 'a/', '../x', '/a', 'a\0'])
      assert.equal(await listTree(host, repo, { commit, path, recursive: false, limit: 10 }), undefined, path)
    assert.equal(
      await listTree(host, repo, { commit: '0'.repeat(40), path: '', recursive: false, limit: 10 }),
      undefined,
    )
  })

  it('answer for single paths', async () => {
    const paths = ['a', 'a/deep/y.txt', 'none', 'README.md', 'link', 'module', '../x', '', 'a/deep/none/x']
    const entries = await pathEntries(host, repo, commit, paths)
    assert.deepEqual(
      entries.map(({ type, size, path }) => [type, size, path]),
      [
        ['directory', 0, 'a'],
        ['file', 2, 'a/deep/y.txt'],
        ['file', 7, 'README.md'],
        ['symlink', 9, 'link'],
        ['submodule', 0, 'module'],
      ],
    )
  })

  it('know which files are pointers', async () => {
    const entries = await all({ recursive: true })
    const pointers = await pointersOf(host, repo, entries)
    const oid = entries.find(({ path }) => path === 'model.bin')?.oid ?? ''
    assert.deepEqual([...pointers], [[oid, { oid: sha, size: 4096, pointerSize: pointer.length }]])
  })

  it('of ten thousand files are answered page by page', async () => {
    const many = scratch.create()
    const name = (index: number) => `part-${index % 20}/file-${String(index).padStart(5, '0')}.txt`
    const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [name(index), `content ${index}`]))
    const flat = Object.fromEntries(Object.entries(files).map(([path, content]) => [path.slice(8), content]))
    for (const content of [files, flat]) {
      const top = scratch.commit(many, content, { branch: `b${Object.keys(content)[0]?.length}` })
      const query = { commit: top, path: '', recursive: true, limit: 1000 }
      let page = await listTree(host, many, query)
      let count = page?.entries.length ?? 0
      while (page?.next) {
        page = await listTree(host, many, { ...query, after: page.next })
        count += page?.entries.length ?? 0
      }
      assert.ok(count >= 10_000)
    }
  })
})

describe('paths', () => {
  const odd = [
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    './a',
    'a/.',
    '..',
    '../a',
    'a/../b',
    'a\\b',
    'a\0b',
    'a\nb',
    'a\u007f',
    '\ud800',
    '.git',
    '.GIT/config',
    'a/.git',
    'a/.Git/x',
    'git~1',
    'GIT~1/x',
    '.git ',
    '.git.',
    '.git . .',
    '.g\u200cit',
    '.git\u200d',
    '\ufeff.git',
    '.git::$INDEX_ALLOCATION',
    '.git:x',
    'git~1.',
    'x'.repeat(256),
    'é'.repeat(128),
    `${'a/'.repeat(2048)}ab`,
  ]
  for (const path of odd)
    it(`refuse ${JSON.stringify(path.slice(0, 30))}`, () => assert.equal(isPlainPath(path), false))
  const plain = [
    'a',
    'a/b',
    '.gitattributes',
    '.gitignore',
    '.github/x',
    'git',
    'git~2',
    'a:b',
    'größe',
    'a b',
    '...',
    '.gitx',
    'a.git',
    '-x',
    ':x',
    '日本',
  ]
  for (const path of plain) it(`take ${path}`, () => assert.equal(isPlainPath(path), true))
})
