import assert from 'node:assert/strict'
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openScratch, type ScratchFile } from '../../../tests/git-repository.ts'
import { repositoryFolder } from '../process/folder.ts'
import { type Incoming, inspectPush } from './incoming.ts'

const scratch = openScratch()
const { host, git } = scratch
after(() => scratch.close())

const main = 'refs/heads/main'

function pointerText(digit: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize ${size}\n`
}

// What a push leaves for its hook: objects that are in the quarantine only, and no ref that leads to them.
function pushed(repo: string, ref: string, to: string, from: string | null = null): Promise<Incoming> {
  return inspectPush(host, repo, { quarantine: quarantined(repo), updates: [{ ref, from, to }] })
}

function quarantined(repo: string): string {
  const objects = join(repositoryFolder(host, repo), 'objects')
  const name = 'tmp_objdir-incoming-test'
  mkdirSync(join(objects, name, 'pack'), { recursive: true })
  for (const part of git(repo, ['count-objects', '-v']) ? parts(repo) : []) {
    renameSync(join(objects, part), join(objects, name, part))
  }
  return `./objects/${name}`
}

function parts(repo: string): string[] {
  git(repo, ['repack', '-adq'])
  return git(repo, ['count-objects', '-v']).includes('packs: 0') ? [] : ['pack']
}

/** A repository whose only commit came with the push. */
function incoming(files: Record<string, ScratchFile | string>): Promise<Incoming> {
  const repo = scratch.create()
  const to = scratch.commit(repo, files)
  const folder = quarantined(repo)
  git(repo, ['symbolic-ref', 'HEAD', 'refs/heads/other'])
  renameSync(join(repositoryFolder(host, repo), main), join(repositoryFolder(host, repo), 'kept'))
  return inspectPush(host, repo, { quarantine: folder, updates: [{ ref: main, from: null, to }] })
}

function link(content: string): ScratchFile {
  return { mode: '120000', content }
}

describe('what a push brings', () => {
  it('is read from the quarantine, new things only', async () => {
    const repo = scratch.create()
    const from = scratch.commit(repo, { 'old.bin': pointerText('a', 1), 'b.txt': 'x' })
    const to = scratch.commit(repo, {
      'new.bin': pointerText('b', 22),
      'deep/er/new.bin': pointerText('c', 333),
      'again.bin': pointerText('b', 22),
      'not.bin': `${pointerText('d', 1)}x`,
    })
    git(repo, ['update-ref', main, from])
    const { problems, pointers } = await inspectPush(host, repo, { quarantine: '', updates: [{ ref: main, from, to }] })
    assert.deepEqual(problems, [])
    assert.deepEqual(pointers.map(({ oid, size }) => `${oid[0]} ${size}`).sort(), ['b 22', 'c 333'])
    assert.ok(pointers.some((pointer) => pointer.path === 'deep/er/new.bin'))
    const alone = await incoming({
      'a.bin': pointerText('e', 5),
      run: { mode: '100755', content: 'x' },
      'l/ink': link('../run'),
    })
    const { bytes, ...rest } = alone
    assert.ok(bytes > 0)
    assert.deepEqual(rest, {
      problems: [],
      declined: new Map(),
      pointers: [{ oid: 'e'.repeat(64), size: 5, path: 'a.bin' }],
    })
  })

  it('may only be branches and tags with good names that lead to commits', async () => {
    const repo = scratch.create()
    const to = scratch.commit(repo, { a: 'x' })
    const blob = git(repo, ['rev-parse', `${to}:a`])
    const problemsOf = async (ref: string, target: string | null) =>
      (await inspectPush(host, repo, { quarantine: '', updates: [{ ref, from: to, to: target }] })).problems
    for (const ref of [
      'HEAD',
      'refs/x',
      'refs/notes/a',
      'refs/pull/1/head',
      'refs/heads/',
      'refs/heads',
      'refs/hub/draft',
    ])
      assert.match((await problemsOf(ref, to)).join(), /only branches and tags/, ref)
    for (const name of ['-x', 'HEAD', 'refs/heads/x', 'a..b', 'a b', 'a\nb', 'x.lock', '@{-1}', 'a/.b'])
      assert.match((await problemsOf(`refs/heads/${name}`, to)).join(), /not a valid name for/, name)
    assert.match((await problemsOf('refs/heads/x', blob)).join(), /point to a commit/)
    assert.match((await problemsOf('refs/tags/x', `${to}^{tree}`)).join(), /point to a commit/)
    assert.match((await problemsOf('refs/tags/x', 'ab'.repeat(20))).join(), /point to a commit/)
    git(repo, ['-c', 'user.name=a', '-c', 'user.email=b', 'tag', '-a', '-m', 'x', 'v1', to])
    assert.deepEqual(await problemsOf('refs/tags/v1', git(repo, ['rev-parse', 'refs/tags/v1'])), [])
    assert.match(
      (await problemsOf('refs/heads/v1', git(repo, ['rev-parse', 'refs/tags/v1']))).join(),
      /point to a commit/,
    )
    assert.deepEqual(await problemsOf(main, null), ['refs/heads/main: Cannot delete refs/heads/main'])
    assert.match((await problemsOf(`refs/tags/${to}`, to)).join(), /like a commit ID/)
    assert.deepEqual(await problemsOf('refs/heads/other', null), [])
    assert.deepEqual(await problemsOf('refs/tags/main', null), [])
  })

  it('is looked at in full where some of its references are declined', async () => {
    const repo = scratch.create()
    const to = scratch.commit(repo, { a: 'x' })
    const bad = scratch.commit(repo, { 'b\\c': 'x' })
    git(repo, ['update-ref', main, to])
    const pushed = (note: string) =>
      inspectPush(host, repo, {
        quarantine: '',
        updates: [
          { ref: main, from: null, to },
          { ref: 'refs/notes/x', from: null, to: note },
        ],
      })
    assert.deepEqual(await pushed(to), {
      problems: [],
      pointers: [],
      bytes: 0,
      declined: new Map([['refs/notes/x', 'only branches and tags can be pushed']]),
    })
    assert.match((await pushed(bad)).problems.join(), /name is not allowed/)
  })

  it('holds no names that could not be checked out everywhere', async () => {
    for (const name of ['a\\b', 'x/git~1/y', 'con\u0001', 'line\nend', 'a/.git\u200c/x']) {
      const { problems } = await incoming({ ok: 'x', [name]: 'x' })
      assert.match(problems.join(), /name is not allowed/, JSON.stringify(name))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      assert.doesNotMatch(problems.join(), /[\u0000-\u001f]/)
    }
    assert.deepEqual(
      (await incoming({ 'ünï çødé/模型 "x".txt': 'x', '.gitattributes': '* text', 'a/.gitignore': 'x' })).problems,
      [],
    )
  })

  it('holds a bad name for a file that is there already', async () => {
    const repo = scratch.create()
    const from = scratch.commit(repo, { a: 'x' })
    const to = scratch.commit(repo, { 'b\\c': 'x' })
    git(repo, ['update-ref', main, from])
    const { problems } = await inspectPush(host, repo, { quarantine: '', updates: [{ ref: main, from, to }] })
    assert.match(problems.join(), /name is not allowed/)
  })

  it('holds no names in another encoding than UTF-8', async () => {
    const repo = scratch.create()
    const blob = git(repo, ['hash-object', '-w', '--stdin'], 'x')
    const name = Buffer.from([0x61, 0xe9, 0x62])
    const tree = git(repo, ['mktree', '-z'], Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), name, Buffer.of(0)]))
    const to = git(repo, ['-c', 'user.name=a', '-c', 'user.email=b', 'commit-tree', '-m', 'x', tree])
    assert.match((await pushed(repo, main, to)).problems.join(), /is not allowed|UTF-8/)
  })

  it('holds no links that lead out, or stand for files of git', async () => {
    const bad = [
      '/etc/passwd',
      '../x',
      'a/../../x',
      '..',
      '../../../..',
      'C:/x',
      'sub/../x',
      '.git/config',
      'a/.GIT/x',
      'x\\y',
      '//x',
    ]
    for (const target of bad) {
      const { problems } = await incoming({ link: link(target) })
      assert.match(problems.join(), /link: /, target)
    }
    for (const name of ['.gitmodules', '.gitattributes', '.gitignore', 'a/.gitattributes']) {
      assert.match((await incoming({ [name]: link('x'), x: 'x' })).problems.join(), /can’t replace/, name)
    }
    assert.match((await incoming({ link: link('x'.repeat(5000)) })).problems.join(), /not a valid symbolic link/)
    for (const target of ['x', './x', 'a/b', '.', 'dir/']) {
      assert.deepEqual((await incoming({ link: link(target) })).problems, [], target)
    }
    assert.deepEqual((await incoming({ 'a/b/link': link('../../c') })).problems, [])
    assert.match((await incoming({ 'a/b/link': link('../../../c') })).problems.join(), /points outside/)
  })

  it('is told about briefly, however much is wrong', async () => {
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`bad\\${n}`, 'x']))
    assert.equal((await incoming(files)).problems.length, 20)
    assert.ok(((await incoming({ [`${'x'.repeat(4000)}\\`]: 'x' })).problems[0] ?? '').length < 400)
  })

  it('is read where git says only', async () => {
    const repo = scratch.create()
    const to = scratch.commit(repo, { a: 'x' })
    for (const quarantine of ['/tmp', '../objects/tmp_objdir-x', './objects', '../..']) {
      await assert.rejects(
        inspectPush(host, repo, { quarantine, updates: [{ ref: main, from: null, to }] }),
        /quarantine/,
      )
    }
  })

  it('is looked through whole, a thousand commits too', async () => {
    const repo = scratch.create()
    const lines: string[] = []
    for (let n = 0; n < 1000; n++) {
      lines.push(
        `commit refs/heads/new\nauthor A <a@b> ${1_700_000_000 + n} +0000\ncommitter A <a@b> ${1_700_000_000 + n} +0000\n`,
      )
      lines.push(`data 1\nx\nM 100644 inline folder${n % 20}/file${n % 100}\ndata ${String(n).length}\n${n}\n`)
    }
    git(repo, ['fast-import', '--quiet'], lines.join(''))
    const to = git(repo, ['rev-parse', 'refs/heads/new'])
    git(repo, ['update-ref', '-d', 'refs/heads/new'])
    const { problems } = await inspectPush(host, repo, { quarantine: '', updates: [{ ref: main, from: null, to }] })
    assert.deepEqual(problems, [])
  })

  it('fails where an object is missing', async () => {
    const repo = scratch.create()
    const tree = git(repo, ['mktree', '--missing'], `100644 blob ${'ab'.repeat(20)}\ta\n`)
    const to = git(repo, ['-c', 'user.name=a', '-c', 'user.email=b', 'commit-tree', '-m', 'x', tree])
    await assert.rejects(inspectPush(host, repo, { quarantine: '', updates: [{ ref: main, from: null, to }] }))
  })
})
