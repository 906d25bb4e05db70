import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { openScratch } from '../../../tests/git-repository.ts'
import { findFile, isRefName, locate, resolveRevision } from './revisions.ts'

const scratch = openScratch()
const { host } = scratch
after(() => scratch.close())

const repo = scratch.create()
const first = scratch.commit(repo, { 'a.txt': 'one', 'folder/b.txt': 'two' })
const second = scratch.commit(repo, { 'a.txt': 'changed' })
const side = scratch.commit(repo, { 'side.txt': 'side' }, { branch: 'feature/x/y' })
scratch.git(repo, ['tag', 'light', first])
scratch.git(repo, ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'tag', '-a', '-m', 'one', 'v1', first])
scratch.git(repo, ['update-ref', 'refs/heads/v1', second])
scratch.git(repo, ['update-ref', 'refs/heads/odd{name', side])
scratch.git(repo, ['update-ref', `refs/heads/real-g${first.slice(0, 8)}`, side])
scratch.git(repo, ['update-ref', `refs/heads/${first}`, side])
scratch.git(repo, ['update-ref', `refs/heads/${first.slice(0, 9)}`, side])
scratch.git(repo, ['update-ref', 'refs/heads/deadbee', side])
scratch.git(repo, ['update-ref', 'refs/hidden/x', side])
const tree = scratch.git(repo, ['rev-parse', `${first}^{tree}`])
const annotated = scratch.git(repo, ['rev-parse', 'refs/tags/v1'])

describe('revisions', () => {
  const cases: [string, string | undefined][] = [
    ['HEAD', second],
    ['main', second],
    ['refs/heads/main', second],
    ['refs/tags/v1', first],
    ['light', first],
    ['v1', second],
    ['feature/x/y', side],
    ['odd{name', side],
    [first, first],
    [first.toUpperCase(), first],
    [first.slice(0, 7), first],
    [first.slice(0, 12).toUpperCase(), first],
    [first.slice(0, 9), first],
    [`refs/heads/${first.slice(0, 9)}`, side],
    ['deadbee', side],
    [annotated, first],
    [`real-g${first.slice(0, 8)}`, side],
    [tree, undefined],
    [first.slice(0, 6), undefined],
    ['0'.repeat(40), undefined],
    [`main-g${first.slice(0, 8)}`, undefined],
    [`refs/heads/nothing-g${first}`, undefined],
    ['main~1', undefined],
    ['main^', undefined],
    ['main^{tree}', undefined],
    ['main@{0}', undefined],
    ['main@{upstream}', undefined],
    ['main:a.txt', undefined],
    [`${first}..${second}`, undefined],
    [`:/a change`, undefined],
    ['@', undefined],
    ['-', undefined],
    ['--all', undefined],
    ['', undefined],
    ['heads/main', undefined],
    ['tags/v1', undefined],
    ['refs/hidden/x', undefined],
    ['hidden/x', undefined],
    ['refs/heads/refs/heads/main', undefined],
    ['refs/heads/../heads/main', undefined],
    ['FETCH_HEAD', undefined],
    ['main\0', undefined],
    ['main\n', undefined],
    ['refs/heads/main\n', undefined],
  ]
  for (const [rev, commit] of cases) {
    it(`${JSON.stringify(rev)} is ${commit ? 'a commit' : 'nothing'}`, async () => {
      assert.equal(await resolveRevision(host, repo, rev), commit)
    })
  }

  it('of an empty repository are nothing', async () => {
    const empty = scratch.create()
    assert.equal(await resolveRevision(host, empty, 'HEAD'), undefined)
    assert.equal(await findFile(host, empty, 'main', 'a'), undefined)
  })

  it('may hold slashes that came unescaped', async () => {
    assert.deepEqual(await locate(host, repo, 'feature', 'x/y/side.txt'), {
      commit: side,
      rev: 'feature/x/y',
      path: 'side.txt',
    })
    assert.deepEqual(await locate(host, repo, 'refs', 'heads/main/folder'), {
      commit: second,
      rev: 'refs/heads/main',
      path: 'folder',
    })
    assert.deepEqual(await locate(host, repo, 'main', 'folder'), { commit: second, rev: 'main', path: 'folder' })
    assert.equal(await locate(host, repo, 'nothing', 'a/b/c/d/e/f/g/h/i/j'), undefined)
  })
})

describe('files', () => {
  it('are found with their commit', async () => {
    const found = await findFile(host, repo, 'main', 'a.txt')
    assert.equal(found?.commit, second)
    assert.equal(found.blob?.content?.toString(), 'changed')
    assert.equal((await findFile(host, repo, first, 'a.txt'))?.blob?.content?.toString(), 'one')
    assert.equal((await findFile(host, repo, 'refs/tags/v1', 'a.txt'))?.blob?.content?.toString(), 'one')
    assert.equal((await findFile(host, repo, 'light', 'folder/b.txt'))?.blob?.content?.toString(), 'two')
    assert.equal((await findFile(host, repo, 'feature', 'x/y/side.txt'))?.blob?.content?.toString(), 'side')
    assert.equal((await findFile(host, repo, 'odd{name', 'side.txt'))?.blob?.content?.toString(), 'side')
    assert.equal((await findFile(host, repo, first.slice(0, 9), 'a.txt'))?.blob?.content?.toString(), 'one')
  })

  it('that are not there, folders and odd paths leave the commit alone', async () => {
    const odd = [
      'none',
      'folder',
      'folder/',
      '',
      '/a.txt',
      './a.txt',
      '../a.txt',
      'a.txt\0',
      'a.txt\n',
      'folder//b.txt',
    ]
    for (const path of odd)
      assert.deepEqual(await findFile(host, repo, 'main', path), { commit: second, blob: undefined }, path)
    assert.equal(await findFile(host, repo, 'nothing', 'a.txt'), undefined)
    assert.equal(await findFile(host, repo, 'main^', 'a.txt'), undefined)
  })

  it('and their commit are of one moment while the branch moves', async () => {
    const moving = scratch.create()
    const commits = [0, 1].map((turn) => scratch.commit(moving, { turn: String(turn) }))
    let stop = false
    const moves = (async () => {
      for (let turn = 0; turn < 60; turn++) {
        scratch.git(moving, ['update-ref', 'refs/heads/main', commits[turn % 2] ?? ''])
        await new Promise((resolve) => setImmediate(resolve))
      }
      stop = true
    })()
    while (!stop) {
      const found = await findFile(host, moving, 'main', 'turn')
      assert.equal(found?.commit, commits[Number(found?.blob?.content?.toString())])
    }
    await moves
  })
})

describe('names of refs', () => {
  it('are those that git takes', () => {
    const character = fc.constantFrom(...'ab/.-~^:?*[\\@{} \u007f\u0001é…'.split(''), '.lock', '..', '@{')
    const name = fc.array(character, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(name, (text) => {
        const taken = spawnSync('git', ['check-ref-format', `refs/heads/${text}`]).status === 0
        if (isRefName(text)) assert.ok(taken, text)
        else if (taken) assert.match(text, /^(-|@$|refs\/|HEAD$)/, text)
      }),
      { numRuns: 300 },
    )
  })

  it('may end a part with a dot, as git has it, but not the whole', () => {
    assert.equal(isRefName('a./b'), true)
    assert.equal(isRefName('a/b.'), false)
  })

  for (const name of [
    'HEAD',
    '@',
    '-x',
    'refs/heads/x',
    'a b',
    'a..b',
    'a.lock',
    'a/.b',
    'a//b',
    '/a',
    'a/',
    'a.',
    'a\u0085',
    'x'.repeat(201),
    '\ud800',
  ])
    it(`refuse ${JSON.stringify(name.slice(0, 20))}`, () => assert.equal(isRefName(name), false))
  for (const name of ['main', 'feature/x', 'v1.0', 'größe', 'a-b_c', 'a@b', 'refs', 'headroom'])
    it(`take ${name}`, () => assert.equal(isRefName(name), true))
})
