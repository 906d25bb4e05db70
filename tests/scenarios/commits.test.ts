import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { checkRepository } from '../../server/git/upkeep/maintenance.ts'
import { body, file, header, type Line, lfs, openCommitLab, removed, text } from '../commit-lab.ts'

const { hub, orgId, people, newRepo, send, commit, idOf, git, head, paths, incoming } = await openCommitLab()

describe('a commit', () => {
  it('adds, changes, renames and deletes', async () => {
    const repo = await newRepo()
    const before = (await hub.events(orgId)).length
    const first = await send('wil', repo, [
      header({ summary: 'Add things', description: 'All of them.\n' }),
      file('a.txt', 'one'),
      text('data/b.txt', 'zwei ü\n'),
      text('data/c.txt', 'three', { encoding: 'utf-8' }),
    ])
    assert.equal(first.status, 200)
    const { commitOid, commitUrl } = first.body
    assert.deepEqual(first.body, { success: true, commitOid, commitUrl, hookOutput: '' })
    assert.equal(commitUrl, `${hub.url}/lab/${repo}/commit/${commitOid}`)
    assert.equal(await head(repo), commitOid)
    assert.equal(await git(repo, 'show', '-s', '--format=%an|%B', 'main'), 'wil|Add things\n\nAll of them.')
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:data/b.txt'), 'zwei ü')
    await commit(repo, [
      file('a.txt', 'two'),
      text('d.txt', 'x', { oldPath: 'data/b.txt' }),
      { key: 'file', value: { path: 'e.txt', oldPath: 'data/c.txt' } },
    ])
    assert.deepEqual(await paths(repo), ['.gitattributes', 'a.txt', 'd.txt', 'e.txt'])
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:e.txt'), 'three')
    await commit(repo, [removed('a.txt'), removed('d.txt', 'deletedEntry')])
    assert.deepEqual(await paths(repo), ['.gitattributes', 'e.txt'])
    const events = (await hub.events(orgId)).slice(before)
    assert.deepEqual(
      events.map(({ type }) => type),
      ['repo.commit', 'repo.commit', 'repo.commit'],
    )
    assert.equal(events[0]?.data.after, commitOid)
    assert.equal(events[0]?.data.summary, 'Add things')
    assert.deepEqual(incoming(), [])
  })

  it('deletes folders by every key, and says when there is nothing', async () => {
    const repo = await newRepo()
    const files = ['x/1', 'x/y/2', 'y/1', 'z/1', 'w/1'].map((path) => file(path, path))
    await commit(repo, files)
    await commit(repo, [
      removed('x'),
      removed('y', 'deletedFolder'),
      removed('z/', 'deletedFolder'),
      removed('w', 'deletedEntry'),
    ])
    assert.deepEqual(await paths(repo), ['.gitattributes'])
    const before = await head(repo)
    for (const key of ['deletedFile', 'deletedFolder', 'deletedEntry']) {
      const reply = await send('wil', repo, [header(), file('new', 'x'), removed('nothing', key)])
      assert.equal(reply.status, 404)
      assert.equal(reply.headers.get('x-error-code'), 'EntryNotFound')
      assert.match(reply.body.error, /A file with this name doesn't exist/)
    }
    const gone = { key: 'file', value: { path: 'a', oldPath: 'nothing' } }
    assert.equal((await send('wil', repo, [header(), gone])).status, 404)
    assert.equal(await head(repo), before)
  })

  it('replaces what it deletes or renames first', async () => {
    const repo = await newRepo()
    await commit(repo, [file('a', 'old'), file('x/1', '1'), file('b', 'b'), file('weights.mine', 'w')])
    await commit(repo, [removed('a'), file('a', 'new')])
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:a'), 'new')
    await commit(repo, [
      text('c', 'b', { oldPath: 'b' }),
      file('b', 'other'),
      removed('x', 'deletedFolder'),
      file('x', 'f'),
    ])
    assert.equal(await git(repo, 'cat-file', 'blob', 'main:b'), 'other')
    assert.deepEqual(await paths(repo), ['.gitattributes', 'a', 'b', 'c', 'weights.mine', 'x'])
    await commit(repo, [removed('.gitattributes'), file('.gitattributes', '*.mine filter=lfs\n'), file('y.mine', 'yy')])
    assert.match(await git(repo, 'cat-file', 'blob', 'main:y.mine'), /^version https:\/\/git-lfs/)
    const before = await head(repo)
    const ambiguous = [
      [file('a', 'x'), removed('a')],
      [removed('a'), removed('a')],
      [removed('a'), file('a', 'x'), file('a', 'y')],
      [text('z', 'x', { oldPath: 'a' }), removed('a')],
    ]
    for (const lines of ambiguous) {
      const reply = await send('wil', repo, [header(), ...lines])
      assert.deepEqual([reply.status, reply.body.error], [400, 'a: Appears twice in this commit.'])
    }
    assert.equal(await head(repo), before)
  })

  it('has a title of a thousand characters at most, and the rest below it', async () => {
    const repo = await newRepo()
    const summary = `Upload ${'folder/'.repeat(142)}🙂 with huggingface_hub`
    const reply = await send('wil', repo, [header({ summary, description: 'Said.' }), file('a', 'x')])
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
    const message = await git(repo, 'show', '-s', '--format=%B', 'main')
    const [title = '', rest = '', description] = message.split('\n\n')
    assert.ok(title.length <= 1000 && title.isWellFormed() && title.endsWith('…') && rest.startsWith('…'), title)
    assert.equal(title.slice(0, -1) + rest.slice(1), summary)
    assert.equal(description, 'Said.')
  })

  it('that changes nothing is the commit that is there', async () => {
    const repo = await newRepo()
    const oid = await commit(repo, [file('a', 'x')])
    const before = (await hub.events(orgId)).length
    assert.equal(await commit(repo, [file('a', 'x')]), oid)
    assert.equal(await commit(repo, []), oid)
    assert.equal((await hub.events(orgId)).length, before)
  })

  it('keeps to the parent it names', async () => {
    const repo = await newRepo()
    const first = await commit(repo, [file('a', '1')])
    const second = await send('wil', repo, [header({ parentCommit: first.toUpperCase() }), file('a', '2')])
    assert.equal(second.status, 200)
    const stale = await send('wil', repo, [header({ parentCommit: first }), file('a', '3')])
    assert.equal(stale.status, 412)
    assert.equal(stale.body.error, 'The branch was updated since you opened this page. Please refresh and try again.')
    for (const parentCommit of ['main', '', first.slice(0, 7), `${first}0`, 5, `${'g'.repeat(40)}`]) {
      assert.equal((await send('wil', repo, [header({ parentCommit }), file('a', '3')])).status, 400)
    }
    assert.equal((await send('wil', repo, [header({ parentCommit: null }), file('a', '3')])).status, 200)
  })

  it('goes to branches only', async () => {
    const repo = await newRepo()
    const oid = await head(repo)
    await git(repo, 'update-ref', 'refs/heads/feature/x', oid)
    await git(repo, 'update-ref', 'refs/tags/v1', oid)
    const made = await commit(repo, [file('a', 'x')], 'feature/x')
    assert.equal(await head(repo, 'feature/x'), made)
    assert.equal(await commit(repo, [file('a', 'x')], 'refs/heads/feature/x'), made)
    for (const rev of ['v1', oid, 'none', 'refs/tags/v1', 'refs/pr/1', '-x', 'a..b']) {
      const reply = await send('wil', repo, [header(), file('a', 'y')], rev)
      assert.equal(reply.status, 404, rev)
      assert.equal(reply.headers.get('x-error-code'), 'RevisionNotFound')
    }
    const pull = await hub.request(
      people.wil,
      'POST',
      `/api/models/lab/${repo}/commit/main?create_pr=1`,
      body([header()]),
      {
        'content-type': 'application/x-ndjson',
      },
    )
    assert.equal(pull.status, 501)
    assert.equal(await head(repo), oid)
  })

  it('may be the first one', async () => {
    const repo = await newRepo()
    await git(repo, 'update-ref', '-d', 'refs/heads/main')
    assert.equal((await send('wil', repo, [header({ parentCommit: 'a'.repeat(40) }), file('a', 'x')])).status, 412)
    const oid = await commit(repo, [file('a', 'x')])
    assert.equal(await git(repo, 'rev-list', '--count', 'main'), '1')
    assert.equal(await head(repo), oid)
  })

  it('may come as one JSON object', async () => {
    const repo = await newRepo()
    const whole = {
      summary: 'one',
      files: [
        { path: 'a', content: 'x' },
        { path: 'b', content: 'eA==', encoding: 'base64' },
      ],
      deletedEntries: [{ path: '.gitattributes' }],
    }
    const path = `/api/models/lab/${repo}/commit/main`
    assert.equal((await hub.request(people.wil, 'POST', path, whole)).status, 200)
    assert.deepEqual(await paths(repo), ['a', 'b'])
    const lines = await hub.request(people.wil, 'POST', path, body([header(), file('c', 'x')]))
    assert.equal(lines.status, 200)
  })

  it('is refused whole for bad paths', async () => {
    const repo = await newRepo()
    const before = { head: await head(repo), events: (await hub.events(orgId)).length }
    const bad = [
      '',
      '/a',
      'a/',
      'a//b',
      './a',
      'a/../x',
      '..',
      '.git/config',
      'a/.GIT/x',
      'git~1/x',
      '..\\ddd',
      'a\\b',
      'a\u0000b',
      'a\nb',
      '.git\u200c/x',
      'x'.repeat(5000),
    ]
    for (const path of bad) {
      for (const line of [file(path, 'x'), lfs(path, 'a'.repeat(64)), removed(path)]) {
        if (path === 'a/' && line.key === 'deletedFile') continue
        const reply = await send('wil', repo, [header(), file('good', 'x'), line])
        assert.equal(reply.status, 422, `${line.key} ${JSON.stringify(path)}`)
      }
      assert.equal(
        (await send('wil', repo, [header(), text('good', 'x', { oldPath: path })])).status,
        path === '' ? 422 : 422,
      )
    }
    assert.equal(await head(repo), before.head)
    assert.equal((await hub.events(orgId)).length, before.events)
  })

  it('is refused whole when it contradicts itself or what is there', async () => {
    const repo = await newRepo()
    await commit(repo, [file('dir/a', 'x'), file('plain', 'x')])
    const before = await head(repo)
    const rows: Line[][] = [
      [file('a', '1'), file('a', '2')],
      [file('a', '1'), removed('a')],
      [file('a', '1'), file('a/b', '2')],
      [file('a/b/c', '1'), file('a', '2')],
      [file('plain/x', '1')],
      [file('dir', '1')],
      [text('x', '1', { oldPath: 'plain' }), removed('plain')],
    ]
    for (const lines of rows)
      assert.equal((await send('wil', repo, [header(), ...lines])).status, 400, JSON.stringify(lines))
    assert.equal(await head(repo), before)
    await commit(repo, [removed('plain'), file('plain/x', '1'), removed('dir'), file('dir/b', '2')])
    assert.deepEqual(await paths(repo), ['.gitattributes', 'dir/b', 'plain/x'])
  })

  it('is refused whole when the body is not what it should be', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    const odd = [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{}',
      '{"key":"header"}',
      body([file('a', 'x')]),
      body([header(), header()]),
      body([header({ summary: '' })]),
      body([header({ summary: 5 })]),
      body([header({ summary: 'a\u0000b' })]),
      body([header(), { key: 'other', value: {} }]),
      body([header(), { key: 'file', value: { path: 'a' } }]),
      body([header(), { key: 'file', value: 5 }]),
      body([header(), text('a', '%%%%', { encoding: 'base64' })]),
      body([header(), text('a', 'abc=d', { encoding: 'base64' })]),
      body([header(), text('a', 'a', { encoding: 'base64' })]),
      body([header(), text('a', 'x', { encoding: 'hex' })]),
      body([header(), '{"key":"file","value":{"path":"a","content":"\\ud800"}}']),
      body([header(), lfs('a', 'zz')]),
      body([header(), lfs('a', 'A'.repeat(64))]),
      body([header(), lfs('a', 'a'.repeat(64), { algo: 'md5' })]),
      body([header(), lfs('a', 'a'.repeat(64), { size: -1 })]),
      body([header(), { key: 'lfsFile', value: { path: 'a' } }]),
      `${body([header(), file('a', 'x')])}\n{"key":"file","value":{"path":"b","con`,
    ]
    for (const lines of odd) assert.equal((await send('wil', repo, lines)).status, 400, lines.slice(0, 100))
    const bytes = Buffer.concat([
      Buffer.from(`${body([header()])}\n{"key":"file","value":{"path":"a","content":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}}'),
    ])
    assert.equal((await send('wil', repo, bytes)).status, 400)
    assert.equal(await head(repo), before)
    assert.deepEqual(incoming(), [])
  })

  it('has an end: 25,000 files', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    const lines = Array.from({ length: 25_001 }, (_, n) => file(`f/${n % 100}/${n}`, 'x'))
    const reply = await send('wil', repo, [header(), ...lines])
    assert.equal(reply.status, 413)
    assert.equal(await head(repo), before)
    const start = performance.now()
    await commit(repo, lines.slice(0, 25_000))
    assert.ok(performance.now() - start < 120_000)
    assert.equal((await paths(repo)).length, 25_001)
  })

  it('of a thousand small files is whole', async () => {
    const repo = await newRepo()
    await commit(
      repo,
      Array.from({ length: 1000 }, (_, n) => file(`f/${n}.txt`, randomBytes(500))),
    )
    assert.equal((await paths(repo)).filter((path) => path.startsWith('f/')).length, 1000)
  })

  it('is for those who may write', async () => {
    const repo = await newRepo()
    const before = await head(repo)
    assert.equal((await send('rae', repo, [header(), file('a', 'x')])).status, 403)
    assert.equal((await send('sam', repo, [header(), file('a', 'x')])).status, 403)
    assert.equal((await send(undefined, repo, [header(), file('a', 'x')])).status, 401)
    assert.equal(await head(repo), before)
  })
})

describe('a hundred commits at once', () => {
  it('to one branch by its head: one wins, the others hear 412', async () => {
    const repo = await newRepo()
    const parentCommit = await head(repo)
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, n) => send('wil', repo, [header({ parentCommit }), file(`f${n}`, 'x')])),
    )
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, ...Array(99).fill(412)])
    assert.equal(await git(repo, 'rev-list', '--count', 'main'), '2')
  })

  it('without a parent: every success is in the history, every refusal is 412', async () => {
    const repo = await newRepo()
    const before = (await hub.events(orgId)).length
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, n) => send('wil', repo, [header(), file(`f${n}`, `${n}`)])),
    )
    const made = replies.flatMap(({ status, body }) => (status === 200 ? [body.commitOid] : []))
    assert.ok(
      replies.every(({ status }) => status === 200 || status === 412),
      JSON.stringify(replies.map((r) => r.status)),
    )
    assert.ok(made.length > 0)
    const history = (await git(repo, 'rev-list', 'main')).split('\n')
    assert.deepEqual(
      made.filter((oid) => !history.includes(oid)),
      [],
    )
    assert.equal(history.length, made.length + 1)
    assert.equal((await paths(repo)).length, made.length + 1)
    assert.equal((await hub.events(orgId)).length, before + made.length)
    assert.deepEqual(await checkRepository(hub.running.server.hub.git, await idOf(repo)), [])
  })
})
