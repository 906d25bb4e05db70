import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { newId } from '../../kernel/ids.ts'
import { repositoryFolder } from '../process/folder.ts'
import { checkRepository } from '../upkeep/maintenance.ts'
import { createRepository } from '../upkeep/repository.ts'
import { type Change, type NewCommit, squashCommit, writeCommit } from './commits.ts'

const scratch = openScratch()
const { host, git } = scratch
after(() => scratch.close())

const author = { name: 'Ada', email: 'ada@example.org' }
const date = new Date('2026-01-02T03:04:05.678Z')

async function newRepository(): Promise<string> {
  const id = newId()
  await createRepository(host, id)
  return id
}

function commit(repo: string, changes: NewCommit['changes'], more: Partial<NewCommit> = {}): Promise<string> {
  return writeCommit(host, repo, { parent: undefined, message: 'a change', author, date, changes, ...more })
}

function file(path: string, text: string): Change {
  return { kind: 'file', path, content: Buffer.from(text) }
}

function listing(repo: string, oid: string): string[] {
  return git(repo, ['ls-tree', '-r', '--format=%(objectmode) %(path)', oid]).split('\n').filter(Boolean)
}

describe('a commit', () => {
  it('is written without moving or leaving a ref', async () => {
    const repo = await newRepository()
    const first = await commit(repo, [file('a', 'one'), file('b/c', 'two')])
    const second = await commit(repo, [file('a', 'three'), { kind: 'delete', path: 'b' }], { parent: first })
    assert.equal(
      git(repo, ['show', '-s', '--format=%P %an %ae %at %cn %s', second]),
      `${first} Ada ada@example.org 1767323045 Ada a change`,
    )
    assert.deepEqual(listing(repo, first), ['100644 a', '100644 b/c'])
    assert.deepEqual(listing(repo, second), ['100644 a'])
    assert.equal(git(repo, ['for-each-ref']), '')
    assert.deepEqual(await checkRepository(host, repo), [])
  })

  it('keeps what may run, and takes objects that are there', async () => {
    const repo = await newRepository()
    const parent = scratch.commit(repo, { run: { mode: '100755', content: 'x' }, other: 'y' })
    const blob = git(repo, ['rev-parse', `${parent}:other`])
    const changes: Change[] = [
      file('run', 'new'),
      { kind: 'blob', path: 'copy', oid: blob },
      { kind: 'delete', path: 'other' },
    ]
    assert.deepEqual(listing(repo, await commit(repo, changes, { parent })), ['100644 copy', '100755 run'])
    await assert.rejects(commit(repo, [{ kind: 'blob', path: 'x', oid: 'ab'.repeat(20) }], { parent }))
    await assert.rejects(commit(repo, [{ kind: 'blob', path: 'x', oid: 'main' }], { parent }), /by its id/)
    await assert.rejects(commit(repo, [file('a', 'x')], { parent: 'cd'.repeat(20) }))
  })

  it('takes every name and message as it is', async () => {
    const repo = await newRepository()
    const names = [
      '"quoted"',
      'a b',
      'ünï/çødé 模型',
      'tab\there',
      '--option',
      '-x',
      'inline',
      'from',
      "it's",
      '$(touch x)',
      '`x`',
      '%s',
    ]
    const message = 'first "line"\n\nfrom refs/heads/main\nM 100644 inline x\n\\ \r\n$(touch x)\u2028 ü'
    const oid = await commit(
      repo,
      names.filter(isTaken).map((name) => file(name, name)),
      { message },
    )
    const found = git(repo, ['ls-tree', '-r', '-z', '--name-only', oid]).split('\0').filter(Boolean)
    assert.deepEqual(found.sort(), names.filter(isTaken).sort())
    assert.equal(git(repo, ['cat-file', 'commit', oid]).split('\n\n').slice(1).join('\n\n'), message)
    assert.deepEqual(await checkRepository(host, repo), [])
  })

  it('refuses names and messages that could not be kept', async () => {
    const repo = await newRepository()
    await assert.rejects(commit(repo, [file('a', 'x')], { message: 'a\0b' }), { status: 400 })
    for (const path of [
      '',
      '/a',
      'a/',
      'a//b',
      './a',
      'a/../b',
      '.git/config',
      'a/.GIT/x',
      'git~1',
      'a\0b',
      '..',
      'a\nb',
    ]) {
      await assert.rejects(commit(repo, [file(path, 'x')]), { status: 422 }, JSON.stringify(path))
      await assert.rejects(commit(repo, [{ kind: 'delete', path }]), { status: 422 }, JSON.stringify(path))
    }
    assert.equal(git(repo, ['count-objects', '-v']).includes('packs: 0'), true)
  })

  it('cannot be given another author by a name', async () => {
    const repo = await newRepository()
    const oid = await commit(repo, [file('a', 'x')], {
      author: { name: 'Eve <root@x> 1\ncommitter', email: 'e>\n<ve\0' },
    })
    assert.match(
      git(repo, ['show', '-s', '--format=%an|%ae|%at', oid]),
      /^Eve\s+root@x\s+1 committer\|e\s+ve\|1767323045$/,
    )
    const noOne = await commit(repo, [], { author: { name: ' ', email: '' } })
    assert.equal(git(repo, ['show', '-s', '--format=%an', noOne]), 'unknown')
    assert.deepEqual(await checkRepository(host, repo), [])
  })

  it('streams large files, and notices a wrong size', async () => {
    const repo = await newRepository()
    const size = 40 * 1024 * 1024
    const part = Buffer.alloc(1024 * 1024, 'part')
    const stream = () => Readable.from(Array.from({ length: 40 }, () => part))
    const before = process.memoryUsage().rss
    const oid = await commit(repo, [
      { kind: 'file', path: 'large', content: { size, stream: stream() } },
      file('b', 'x'),
    ])
    assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024)
    assert.equal(git(repo, ['cat-file', '-s', `${oid}:large`]), String(size))
    for (const wrong of [size - 1, size + 1]) {
      const content = { size: wrong, stream: stream() }
      await assert.rejects(commit(repo, [{ kind: 'file', path: 'large', content }]), /another size/)
    }
    const failing = Readable.from(
      (async function* () {
        yield part
        throw new Error('lost')
      })(),
    )
    await assert.rejects(commit(repo, [{ kind: 'file', path: 'x', content: { size, stream: failing } }]), /lost/)
    assert.deepEqual(await checkRepository(host, repo), [])
    assert.deepEqual(
      readdirSync(repositoryFolder(host, repo)).filter((name) => name.includes('crash')),
      [],
    )
  })

  it('of a thousand small files is whole', async () => {
    const repo = await newRepository()
    const files = (salt: string) =>
      Array.from({ length: 1000 }, (_, i) => file(`folder ${i % 10}/file ${i}`, `${salt} ${i}`))
    const parent = await commit(repo, files('first'))
    const oid = await commit(repo, files('second'), { parent })
    assert.equal(listing(repo, oid).length, 1000)
  })

  it('says so when the disk is full, and the repository stays sound', {
    skip: process.getuid?.() !== 0 && 'mounting needs root',
  }, async () => {
    const repo = await newRepository()
    const objects = join(repositoryFolder(host, repo), 'objects')
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', objects])
    mkdirSync(join(objects, 'pack'))
    try {
      const first = await commit(repo, [file('a', 'kept')])
      const noise = () => Buffer.from(Array.from({ length: 700_000 }, () => Math.random() * 256))
      const changes: Change[] = [1, 2, 3].map((n) => ({ kind: 'file', path: `f${n}`, content: noise() }))
      await assert.rejects(commit(repo, changes, { parent: first }), { status: 507 })
      assert.equal(git(repo, ['cat-file', 'blob', `${first}:a`]), 'kept')
      assert.deepEqual(readdirSync(join(objects, 'pack')), [])
      assert.deepEqual(
        readdirSync(objects).filter((name) => name.startsWith('tmp_')),
        [],
      )
      await commit(repo, [file('a', 'small')], { parent: first })
    } finally {
      execFileSync('umount', [objects])
    }
  })

  it('fails where the repository is broken or gone', async () => {
    const none = newId()
    await assert.rejects(commit(none, [file('a', 'x')]))
    assert.equal(existsSync(repositoryFolder(host, none)), false)
    const repo = await newRepository()
    execFileSync('rm', ['-r', join(repositoryFolder(host, repo), 'objects')])
    await assert.rejects(commit(repo, [file('a', 'x')]))
  })
})

describe('squashing', () => {
  it('makes one commit without parents that holds the same', async () => {
    const repo = await newRepository()
    scratch.commit(repo, { a: '1' })
    const head = scratch.commit(repo, { b: '2' })
    const oid = await squashCommit(host, repo, { treeOf: head, message: '# all\n"one"\n', author, date })
    assert.equal(git(repo, ['rev-list', '--count', oid]), '1')
    assert.deepEqual(listing(repo, oid), listing(repo, head))
    assert.equal(git(repo, ['cat-file', 'commit', oid]).split('\n\n').slice(1).join('\n\n'), '# all\n"one"')
    await assert.rejects(squashCommit(host, repo, { treeOf: head, message: 'a\0', author, date }), { status: 400 })
    assert.equal(git(repo, ['rev-parse', 'main']), head)
  })
})

// Line ends and tabs are refused as names; what is taken is kept byte by byte.
function isTaken(name: string): boolean {
  return !name.includes('\t')
}
