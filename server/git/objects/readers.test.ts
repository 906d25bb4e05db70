import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { repositoryFolder } from '../process/folder.ts'

const scratch = openScratch()
const { host } = scratch
after(() => scratch.close())

function oidOf(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}

function processes(): number[] {
  const list = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n')
  const mine = list.map((line) => line.trim().split(/\s+/)).filter(([, ppid]) => ppid === String(process.pid))
  return mine.filter((words) => words.includes('cat-file')).map(([pid]) => Number(pid))
}

describe('readers', () => {
  it('answer in order what is there, what is not, and what is two things', async () => {
    const repo = scratch.create()
    const commit = scratch.commit(repo, { 'a b': 'one', 'new\nline': 'two' })
    const names = [
      'refs/heads/main',
      `${commit}:a b`,
      'nothing',
      `${commit}:new\nline`,
      `${commit}:no\nsuch missing\n`,
      commit,
    ]
    const infos = await host.readers.infos(repo, names)
    assert.deepEqual(
      infos.map((info) => info && [info.type, info.size]),
      [['commit', infos[0]?.size], ['blob', 3], undefined, ['blob', 3], undefined, ['commit', infos[5]?.size]],
    )
  })

  it('answer binary content, line ends and empty content byte for byte', async () => {
    const repo = scratch.create()
    const contents = [randomBytes(200_000), Buffer.alloc(0), Buffer.from('\n\n\0 missing\n'), randomBytes(7_000_000)]
    scratch.commit(repo, Object.fromEntries(contents.map((content, index) => [`f${index}`, { content }])))
    const infos = await host.readers.infos(repo, contents.map(oidOf))
    const objects = await host.readers.contents(
      repo,
      infos.flatMap((info) => info ?? []),
    )
    assert.deepEqual(
      objects.map((object) => object?.oid),
      contents.map(oidOf),
    )
    for (const [index, object] of objects.entries())
      assert.ok(object?.content.equals(contents[index] ?? Buffer.from('?')))
  })

  it('let no name bring a command of its own', async () => {
    const repo = scratch.create()
    const commit = scratch.commit(repo, { a: 'x' })
    await assert.rejects(host.readers.infos(repo, [`${commit}:a\0contents ${commit}`]), /no object has such a name/)
    await assert.rejects(host.readers.infos(repo, ['']), /no object has such a name/)
    await assert.rejects(host.readers.infos(repo, ['x'.repeat(9000)]), /no object has such a name/)
    const infos = await host.readers.infos(repo, [`${commit}:a\nflush\ncontents ${commit}`, '--help', commit])
    assert.deepEqual(
      infos.map((info) => info?.type),
      [undefined, undefined, 'commit'],
    )
  })

  it('refuse to hold an object that is too large', async () => {
    const repo = scratch.create()
    const commit = scratch.commit(repo, { big: { content: Buffer.alloc(9 * 1024 * 1024) } })
    const [info] = await host.readers.infos(repo, [`${commit}:big`])
    assert.ok(info)
    await assert.rejects(host.readers.contents(repo, [info]), /too large/)
  })

  it('see at once what others write', async () => {
    const repo = scratch.create()
    assert.deepEqual(await host.readers.infos(repo, ['refs/heads/main']), [undefined])
    for (let round = 0; round < 5; round++) {
      const commit = scratch.commit(repo, { a: `round ${round}` })
      if (round === 3) scratch.git(repo, ['gc', '-q', '--prune=now'])
      const [info] = await host.readers.infos(repo, ['refs/heads/main'])
      assert.equal(info?.oid, commit)
    }
  })

  it('answer many at once, with two processes at most for one repository', async () => {
    const repo = scratch.create()
    const names = Array.from({ length: 300 }, (_, index) => `file ${index}`)
    const commit = scratch.commit(repo, Object.fromEntries(names.map((name) => [name, `content of ${name}`])))
    const before = processes().length
    const rounds = await Promise.all(
      names.map(async (name) => {
        const [info] = await host.readers.infos(repo, [`${commit}:${name}`])
        const [object] = info ? await host.readers.contents(repo, [info]) : []
        return object?.content.toString()
      }),
    )
    assert.deepEqual(
      rounds,
      names.map((name) => `content of ${name}`),
    )
    assert.ok(processes().length - before <= 2)
  })

  it('survive a process that is killed', async () => {
    const repo = scratch.create()
    const commit = scratch.commit(repo, { a: 'x' })
    const before = new Set(processes())
    await host.readers.infos(repo, [commit])
    const own = processes().filter((pid) => !before.has(pid))
    assert.equal(own.length, 1)
    for (const pid of own) process.kill(pid, 'SIGKILL')
    const asked = await Promise.allSettled([
      host.readers.infos(repo, [commit]),
      host.readers.infos(repo, [`${commit}:a`]),
    ])
    assert.equal(asked[1].status, 'fulfilled')
    const [info] = await host.readers.infos(repo, [commit])
    assert.equal(info?.oid, commit)
  })

  it('refuse for a repository whose folder is gone', async () => {
    const repo = scratch.create()
    const commit = scratch.commit(repo, { a: 'x' })
    await host.readers.infos(repo, [commit])
    rmSync(repositoryFolder(host, repo), { recursive: true })
    host.readers.forget(repo)
    await assert.rejects(host.readers.infos(repo, [commit, 'refs/heads/main']), { status: 503 })
  })

  it('read an object that is broken without harm to the others', async () => {
    const repo = scratch.create()
    const commit = scratch.commit(repo, { a: 'x' })
    const content = randomBytes(50_000)
    const oid = scratch.git(repo, ['hash-object', '-w', '--stdin'], content)
    const file = join(repositoryFolder(host, repo), 'objects', oid.slice(0, 2), oid.slice(2))
    chmodSync(file, 0o600)
    truncateSync(file, 10_000)
    const broken = { oid, type: 'blob', size: content.length } as const
    const [bad, good] = await Promise.allSettled([
      host.readers.contents(repo, [broken]),
      host.readers.infos(repo, [commit]),
    ])
    assert.equal(bad.status, 'rejected')
    assert.ok(good.status === 'fulfilled' && good.value[0]?.oid === commit)
  })

  it('stay within their number for many repositories, and serve them all', async () => {
    const repos = Array.from({ length: 40 }, () => scratch.create())
    const commits = repos.map((repo) => scratch.commit(repo, { a: repo }))
    const infos = await Promise.all(repos.map((repo, index) => host.readers.infos(repo, [`${commits[index]}:a`])))
    assert.ok(infos.every(([info]) => info?.size === 24))
    assert.ok(processes().length <= 33, String(processes().length))
  })
})
