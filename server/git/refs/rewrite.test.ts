import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { newId } from '../../kernel/ids.ts'
import { openDiskReserve } from '../../shares/disk.ts'
import { openGit } from '../host.ts'
import { onlyOwner } from '../process/move-lock.ts'
import { checkRepository } from '../upkeep/maintenance.ts'
import { createRepository } from '../upkeep/repository.ts'
import { prepareReferences } from './references.ts'
import { commitsWithout, historyWithout, pointerBlobs } from './rewrite.ts'

const root = mkdtempSync(join(tmpdir(), 'gh-rewrite-'))
const host = openGit({
  folder: join(root, 'repositories'),
  transfers: 2,
  maxPushBytes: 1e9,
  owner: onlyOwner(),
  reserve: openDiskReserve(0),
  spillFolder: root,
})
after(() => {
  host.readers.close()
  rmSync(root, { recursive: true, force: true })
})

const pointer = (digit: string) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize 12345\n`

/** A repository with a merge, an odd path, an annotated tag, and a file that became a pointer and changed again. */
async function made() {
  const repoId = newId()
  await createRepository(host, repoId)
  const folder = join(root, 'repositories', repoId.slice(-2), `${repoId}.git`)
  const work = join(root, newId())
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      cwd: work,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  const write = (path: string, text: string) =>
    execFileSync('sh', ['-c', 'mkdir -p "$(dirname "$1")"; printf %s "$2" > "$1"', 'sh', path, text], { cwd: work })
  const commit = (message: string) => git('commit', '-qam', message)
  execFileSync('git', ['clone', '-q', folder, work], { stdio: 'pipe' })
  git('checkout', '-qB', 'main')
  write('plain.txt', 'plain')
  write('dir/ö "x" y.bin', pointer('a'))
  git('add', '.')
  commit('commit refs/heads/main\nreset x\n\ndata 5\nM 100644 trick')
  write('plain.txt', pointer('a'))
  commit('becomes a pointer')
  git('tag', '-a', '-m', 'version one', 'v1')
  git('tag', 'light')
  git('checkout', '-qb', 'side', 'HEAD~1')
  write('other.bin', pointer('b'))
  git('add', '.')
  commit('on the side')
  git('checkout', '-q', 'main')
  git('merge', '-q', '--no-ff', '-m', 'merge', 'side')
  write('plain.txt', 'plain again')
  commit('plain again')
  git('push', '-q', '--all', 'origin')
  git('push', '-q', '--tags', 'origin')
  const show = async (updates: Awaited<ReturnType<typeof historyWithout>>) => {
    const prepared = await prepareReferences(host, repoId, updates)
    assert.ok(!('refused' in prepared))
    await prepared.commit()
    git('fetch', '-q', '--force', '--tags', '--prune', 'origin', '+refs/heads/*:refs/remotes/origin/*')
    assert.deepEqual(await checkRepository(host, repoId), [])
  }
  return { repoId, git, show }
}

test('history is written again without the content, and is otherwise as it was', async () => {
  const { repoId, git, show } = await made()
  const blobs = await pointerBlobs(host, repoId, (oid) => oid === 'a'.repeat(64))
  assert.equal(blobs.size, 1)
  const names = (ref: string) => git('ls-tree', '-r', '-z', '--name-only', ref).split('\0').filter(Boolean)
  const subjects = () => git('log', '--format=%B%an%ae%at%cn%ct', '--topo-order', 'origin/main')
  const shape = git('log', '--format=%p', '--topo-order', 'origin/main').replace(/[0-9a-f]+/g, 'x')
  const before = subjects()
  const updates = await historyWithout(host, repoId, blobs)
  assert.deepEqual(
    updates.map(({ ref }) => ref),
    ['refs/heads/main', 'refs/heads/side', 'refs/tags/light', 'refs/tags/v1'],
  )
  await show(updates)
  assert.equal(subjects(), before)
  assert.equal(git('log', '--format=%p', '--topo-order', 'origin/main').replace(/[0-9a-f]+/g, 'x'), shape)
  assert.deepEqual(names('origin/main'), ['other.bin', 'plain.txt'])
  assert.equal(git('show', 'origin/main:plain.txt'), 'plain again')
  assert.deepEqual(names('v1'), [])
  assert.equal(git('cat-file', '-t', 'v1'), 'tag')
  assert.equal(git('rev-parse', 'v1^{commit}'), git('rev-parse', 'light'))
  assert.deepEqual(names('origin/side'), ['other.bin', 'plain.txt'])
  const reachable = git('rev-list', '--objects', '--remotes', '--tags')
  for (const blob of blobs) assert.ok(!reachable.includes(blob))
  assert.deepEqual(await historyWithout(host, repoId, blobs), [])
})

test('branches get a commit without the content, and keep their history', async () => {
  const { repoId, git, show } = await made()
  const blobs = await pointerBlobs(host, repoId, (oid) => /^[ab]+$/.test(oid))
  const commit = { message: 'Delete', author: { name: 'a', email: 'a@example.org' }, date: new Date() }
  const updates = await commitsWithout(host, repoId, blobs, commit)
  assert.deepEqual(
    updates.map(({ ref }) => ref),
    ['refs/heads/main', 'refs/heads/side'],
  )
  await show(updates)
  assert.equal(git('ls-tree', '-r', '--name-only', 'origin/main'), 'plain.txt')
  assert.equal(git('rev-parse', 'origin/main^'), git('rev-parse', 'main'))
  assert.deepEqual(await commitsWithout(host, repoId, blobs, commit), [])
})
