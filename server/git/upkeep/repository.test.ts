import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { newId } from '../../kernel/ids.ts'
import { repositoryFolder } from '../process/folder.ts'
import { checkRepository } from './maintenance.ts'
import { createRepository, listRepositoryIds, removeRepository, repositorySize, sweepFolders } from './repository.ts'

const scratch = openScratch()
const { host } = scratch
after(() => scratch.close())

async function listed(): Promise<string[]> {
  const ids: string[] = []
  for await (const { id, ageMs } of listRepositoryIds(host)) {
    assert.ok(ageMs >= -1000 && ageMs < 60_000)
    ids.push(id)
  }
  return ids
}

describe('a repository', () => {
  it('is a bare one with nothing in it but what git asks for', async () => {
    const id = newId()
    await createRepository(host, id)
    assert.equal(scratch.git(id, ['rev-parse', '--is-bare-repository', '--show-object-format']), 'true\nsha1')
    assert.equal(scratch.git(id, ['symbolic-ref', 'HEAD']), 'refs/heads/main')
    assert.deepEqual(readdirSync(repositoryFolder(host, id)).sort(), ['HEAD', 'config', 'objects', 'refs'])
    assert.deepEqual(await checkRepository(host, id), [])
    assert.deepEqual(readdirSync(join(repositoryFolder(host, id), '..')), [`${id}.git`])
    scratch.commit(id, { a: 'x' })
    assert.ok((await repositorySize(host, id)) > 200)
  })

  it('is made once', async () => {
    const id = newId()
    await createRepository(host, id)
    scratch.commit(id, { a: 'x' })
    await assert.rejects(createRepository(host, id), /there already/)
    assert.deepEqual(readdirSync(join(repositoryFolder(host, id), '..')), [`${id}.git`])
    assert.equal(scratch.git(id, ['ls-tree', '--name-only', 'main']), 'a')
  })

  it('is gone at once, and twice is not too often', async () => {
    const id = newId()
    await createRepository(host, id)
    assert.ok((await listed()).includes(id))
    await removeRepository(host, id)
    await removeRepository(host, id)
    assert.ok(!(await listed()).includes(id))
    assert.ok(!existsSync(repositoryFolder(host, id)))
    assert.equal(await repositorySize(host, id), 0)
    assert.deepEqual(readdirSync(join(host.folder, 'trash')), [])
  })

  it('that a stop left half made or half deleted is swept', async () => {
    const id = newId()
    await createRepository(host, id)
    const before = await listed()
    mkdirSync(join(host.folder, 'ab', `new-${newId()}-00`, 'objects'), { recursive: true })
    mkdirSync(join(host.folder, 'trash', `${newId()}-00`), { recursive: true })
    writeFileSync(join(host.folder, 'ab', 'stray'), '')
    assert.deepEqual(await listed(), before)
    assert.equal(await sweepFolders(host, 60_000), 0)
    assert.equal(await sweepFolders(host, 0), 2)
    assert.deepEqual(await listed(), before)
  })

  it('is never found by anything but an id', async () => {
    for (const id of ['', '../../../etc', `${newId()}/..`, newId().toUpperCase().replace(/./, 'A'), `${newId()}\n`]) {
      await assert.rejects(createRepository(host, id), /found by its id/)
      await assert.rejects(removeRepository(host, id), /found by its id/)
    }
  })

  it('leaves nothing on a full disk', { skip: process.getuid?.() !== 0 && 'mounting needs root' }, async () => {
    const id = newId()
    const parent = join(repositoryFolder(host, id), '..')
    mkdirSync(parent, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'none', parent])
    try {
      writeFileSync(join(parent, 'filler'), Buffer.alloc(4096))
      await assert.rejects(createRepository(host, id), { status: 507 })
      assert.deepEqual(readdirSync(parent), ['filler'])
    } finally {
      execFileSync('umount', [parent])
    }
  })
})
