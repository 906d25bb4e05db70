import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { repositoryFolder } from '../process/folder.ts'
import { type PreparedReferences, prepareReferences, type RefUpdate } from './references.ts'

const scratch = openScratch()
const { host, git } = scratch
after(() => scratch.close())

const main = 'refs/heads/main'

function repositoryWith(commits: number): { repo: string; oids: string[] } {
  const repo = scratch.create()
  const oids = Array.from({ length: commits }, (_, n) => scratch.commit(repo, { a: String(n) }))
  return { repo, oids }
}

async function prepared(repo: string, ...updates: RefUpdate[]): Promise<PreparedReferences> {
  const answer = await prepareReferences(host, repo, updates)
  if ('refused' in answer) assert.fail(answer.refused)
  return answer
}

async function refused(repo: string, ...updates: RefUpdate[]): Promise<string> {
  const answer = await prepareReferences(host, repo, updates)
  if ('refused' in answer) return answer.refused
  await answer.abort()
  return 'prepared'
}

function locks(repo: string): string[] {
  const names = readdirSync(repositoryFolder(host, repo), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.lock'))
}

describe('moving references', () => {
  it('moves nothing before commit, and all at once then', async () => {
    const { repo, oids } = repositoryWith(2)
    const [one = '', two = ''] = oids
    const move = await prepared(
      repo,
      { ref: main, from: two, to: one },
      { ref: 'refs/heads/deep/new', from: null, to: two },
      { ref: 'refs/tags/v1', from: null, to: one },
    )
    assert.equal(git(repo, ['rev-parse', main]), two)
    await move.commit()
    assert.equal(git(repo, ['rev-parse', main, 'deep/new', 'v1']), [one, two, one].join('\n'))
    await (await prepared(repo, { ref: 'refs/heads/deep/new', from: two, to: null })).commit()
    assert.equal(git(repo, ['for-each-ref', '--format=%(refname)']), 'refs/heads/main\nrefs/tags/v1')
    assert.deepEqual(locks(repo), [])
  })

  it('lets go of everything on abort', async () => {
    const { repo, oids } = repositoryWith(2)
    const [one = '', two = ''] = oids
    const move = await prepared(repo, { ref: main, from: two, to: one }, { ref: 'refs/tags/v1', from: null, to: one })
    await move.abort()
    assert.equal(git(repo, ['for-each-ref', '--format=%(objectname)']), two)
    assert.deepEqual(locks(repo), [])
    await (await prepared(repo, { ref: main, from: two, to: one })).commit()
  })

  it('tells why it cannot', async () => {
    const { repo, oids } = repositoryWith(2)
    const [one = '', two = ''] = oids
    assert.equal(await refused(repo, { ref: main, from: one, to: two }), 'stale')
    assert.equal(await refused(repo, { ref: main, from: null, to: two }), 'stale')
    assert.equal(await refused(repo, { ref: 'refs/heads/none', from: one, to: two }), 'stale')
    assert.equal(await refused(repo, { ref: 'refs/heads/none', from: one, to: null }), 'stale')
    assert.equal(await refused(repo, { ref: 'refs/heads/main/sub', from: null, to: two }), 'clash')
    const both = ['refs/heads/x', 'refs/heads/x/y'].map((ref) => ({ ref, from: null, to: one }))
    assert.equal(await refused(repo, ...both), 'clash')
    git(repo, ['pack-refs', '--all'])
    assert.equal(await refused(repo, { ref: main, from: one, to: two }), 'stale')
    assert.equal(await refused(repo, { ref: 'refs/heads/main/sub', from: null, to: two }), 'clash')
    await assert.rejects(prepareReferences(host, repo, [{ ref: main, from: two, to: 'ab'.repeat(20) }]))
    await assert.rejects(prepareReferences(host, repo, [{ ref: 'HEAD', from: two, to: one }]), /begins with refs/)
    await assert.rejects(prepareReferences(host, repo, [{ ref: 'refs/heads/a b', from: null, to: one }]))
    assert.equal(git(repo, ['for-each-ref', '--format=%(objectname)']), two)
    assert.deepEqual(locks(repo), [])
  })

  it('has one winner among a hundred, every time', async () => {
    const { repo, oids } = repositoryWith(2)
    for (let round = 0; round < 2; round++) {
      const from = git(repo, ['rev-parse', main])
      const to = oids.find((oid) => oid !== from) ?? ''
      const results = await Promise.all(
        Array.from({ length: 100 }, async () => {
          const answer = await prepareReferences(host, repo, [{ ref: main, from, to }])
          if ('refused' in answer) return answer.refused
          await answer.commit()
          return 'moved'
        }),
      )
      assert.equal(results.filter((result) => result === 'moved').length, 1)
      assert.equal(results.filter((result) => result === 'stale').length, 99)
      assert.equal(git(repo, ['rev-parse', main]), to)
    }
  })

  it('does not wait for other repositories', async () => {
    const a = repositoryWith(1)
    const b = repositoryWith(1)
    const tag = (oid = '') => ({ ref: 'refs/tags/t', from: null, to: oid })
    const held = await prepared(a.repo, tag(a.oids[0]))
    await (await prepared(b.repo, tag(b.oids[0]))).commit()
    await held.abort()
  })

  it('goes on after a process was killed between prepare and commit', async () => {
    const { repo, oids } = repositoryWith(2)
    const [one = '', two = ''] = oids
    const move = await prepared(repo, { ref: main, from: two, to: one })
    const [child] = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'update-ref'])
      .toString()
      .split('\n')
    process.kill(Number(child), 'SIGKILL')
    await assert.rejects(move.commit())
    assert.equal(git(repo, ['rev-parse', main]), two)
    // HEAD leads to this branch, so it is locked with it.
    assert.deepEqual(locks(repo).sort(), ['HEAD.lock', 'refs/heads/main.lock'])
    // No one else can have locked them: they were left behind
    await (await prepared(repo, { ref: main, from: two, to: one })).commit()
    assert.equal(git(repo, ['rev-parse', main]), one)
    const packed = join(repositoryFolder(host, repo), 'packed-refs.lock')
    writeFileSync(packed, '')
    await (await prepared(repo, { ref: main, from: one, to: null })).commit()
    assert.equal(existsSync(packed), false)
  })

  it('says so when the disk is full', { skip: process.getuid?.() !== 0 && 'mounting needs root' }, async () => {
    const { repo, oids } = repositoryWith(1)
    const [one = ''] = oids
    const tags = join(repositoryFolder(host, repo), 'refs/tags')
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'none', tags])
    try {
      writeFileSync(join(tags, 'filler.lock'), Buffer.alloc(4096))
      await assert.rejects(prepareReferences(host, repo, [{ ref: 'refs/tags/t', from: null, to: one }]), {
        status: 507,
      })
      assert.deepEqual(readdirSync(tags), ['filler.lock'])
    } finally {
      execFileSync('umount', [tags])
    }
  })
})
