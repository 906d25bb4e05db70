import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { commitOf, countCommits, lastCommits, listCommits, listRefs, parseCommit } from './history.ts'

const scratch = openScratch()
const { host } = scratch
after(() => scratch.close())

const repo = scratch.create()
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
const one = scratch.commit(
  repo,
  { 'a.txt': '1', 'folder/b.txt': '1', 'folder/deep/c.txt': '1', '*.txt': 'odd' },
  { message: 'first' },
)
const two = scratch.commit(
  repo,
  { 'a.txt': '2' },
  {
    message:
      'second\n\nwith a body\n\nCo-authored-by: Grace <grace@example.org>\nCo-Authored-By: Ada <ada@example.org>\n',
  },
)
const three = scratch.commit(repo, { 'folder/b.txt': '3', 'new\nline': 'x' }, { message: 'third' })
scratch.git(repo, ['update-ref', 'refs/heads/side', one])
const side = scratch.commit(repo, { 'side.txt': 's' }, { branch: 'side', message: 'aside' })
const tree = scratch.git(repo, ['merge-tree', '--write-tree', three, side])
const merge = scratch.git(repo, [...identity, 'commit-tree', tree, '-p', three, '-p', side, '-m', 'merge'])

describe('history', () => {
  it('lists commits newest first, in pages', async () => {
    const all = await listCommits(host, repo, { commit: three, skip: 0, limit: 10 })
    assert.deepEqual(
      all.map(({ id, title }) => [id, title]),
      [
        [three, 'third'],
        [two, 'second'],
        [one, 'first'],
      ],
    )
    const page = await listCommits(host, repo, { commit: three, skip: 1, limit: 1 })
    assert.deepEqual(
      page.map(({ id }) => id),
      [two],
    )
    assert.deepEqual(page[0]?.authors, [
      { name: 'Ada', email: 'ada@example.org' },
      { name: 'Grace', email: 'grace@example.org' },
    ])
    assert.match(page[0]?.message ?? '', /^with a body\n\nCo-authored-by/)
    assert.deepEqual(page[0]?.parents, [one])
    assert.equal(await countCommits(host, repo, { commit: three }), 3)
    assert.equal(await countCommits(host, repo, { commit: merge }), 5)
  })

  it('lists the commits of a path, which is never a pattern or an option', async () => {
    const of = async (path: string) =>
      (await listCommits(host, repo, { commit: three, path, skip: 0, limit: 10 })).map(({ id }) => id)
    assert.deepEqual(await of('a.txt'), [two, one])
    assert.deepEqual(await of('folder'), [three, one])
    assert.deepEqual(await of('*.txt'), [one])
    assert.deepEqual(await of(':(top)a.txt'), [])
    assert.deepEqual(await of('--all'), [])
    assert.equal(await countCommits(host, repo, { commit: three, path: 'folder/deep' }), 1)
  })

  it('finds the last commit of each path', async () => {
    const of = async (commit: string, paths: string[]) =>
      Object.fromEntries([...(await lastCommits(host, repo, commit, paths))].map(([path, { title }]) => [path, title]))
    const paths = ['a.txt', 'folder', 'folder/b.txt', 'folder/deep', 'folder/deep/c.txt', '*.txt', 'new\nline', 'none']
    assert.deepEqual(await of(three, paths), {
      'a.txt': 'second',
      folder: 'third',
      'folder/b.txt': 'third',
      'folder/deep': 'first',
      'folder/deep/c.txt': 'first',
      '*.txt': 'first',
      'new\nline': 'third',
    })
    assert.deepEqual(await of(merge, ['a.txt', 'side.txt']), { 'a.txt': 'second', 'side.txt': 'aside' })
    assert.deepEqual(await of(three, ['a.txt', ...Array.from({ length: 5000 }, (_, n) => `not there, number ${n}`)]), {
      'a.txt': 'second',
    })
  })

  it('knows one commit, and nothing of what is none', async () => {
    assert.equal((await commitOf(host, repo, merge))?.parents.length, 2)
    assert.equal(await commitOf(host, repo, tree), undefined)
    assert.equal(await commitOf(host, repo, '0'.repeat(40)), undefined)
  })

  it('lists refs with the commits they lead to', async () => {
    const empty = scratch.create()
    assert.deepEqual(await listRefs(host, empty), { branches: [], tags: [] })
    const blob = scratch.git(repo, ['rev-parse', `${one}:a.txt`])
    scratch.git(repo, [...identity, 'tag', '-a', '-m', 'x', 'v1', one])
    scratch.git(repo, [...identity, 'tag', '-a', '-m', 'x', 'nested', 'v1'])
    scratch.git(repo, ['tag', 'light', two])
    scratch.git(repo, ['tag', 'of-a-blob', blob])
    scratch.git(repo, ['update-ref', 'refs/heads/feature/größe', two])
    const { branches, tags } = await listRefs(host, repo)
    assert.deepEqual(
      branches.map(({ name, commit }) => [name, commit]),
      [
        ['feature/größe', two],
        ['main', three],
        ['side', side],
      ],
    )
    assert.deepEqual(tags, [
      { name: 'light', ref: 'refs/tags/light', commit: two },
      { name: 'nested', ref: 'refs/tags/nested', commit: one },
      { name: 'v1', ref: 'refs/tags/v1', commit: one },
    ])
  })
})

describe('a commit', () => {
  const parse = (text: string, encoding: BufferEncoding = 'utf8') => parseCommit('x', Buffer.from(text, encoding))

  it('may have a signature, another encoding, no author and no message', () => {
    const signed = parse(
      'tree x\nparent p\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 2 +0000\ngpgsig -----BEGIN\n author fake\n\n -----END\n\ntitle\n',
    )
    assert.equal(signed.authors[0]?.name, 'A')
    const latin = parse(
      'tree x\nauthor J\u00f6rg <a@b> 1 +0000\ncommitter A <a@b> 2 +0000\nencoding ISO-8859-1\n\ngr\u00fcn\n',
      'latin1',
    )
    assert.deepEqual([latin.title, latin.authors[0]?.name], ['grün', 'Jörg'])
    const odd = parse('tree x\nauthor\ncommitter A <a@b> 99999999999999999 +0000\n')
    assert.deepEqual([odd.title, odd.date.getTime(), odd.authors], ['', 0, [{ name: '', email: '' }]])
    assert.equal(parse('tree x\nencoding nonsense\n\nhello').title, 'hello')
  })

  it('is cut where its message has no end', () => {
    const people = Array.from({ length: 40_000 }, (_, index) => `co-authored-by: A <${index}@b>`).join('\n')
    const long = parse(`tree x\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 2 +0000\n\nmany\n\n${people}`)
    assert.deepEqual([long.title, long.authors.length, long.message.length < 70_000], ['many', 100, true])
  })
})
