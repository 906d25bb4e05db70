import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { newId } from '../../kernel/ids.ts'
import { writeCommit } from '../objects/commits.ts'
import { repositoryFolder } from '../process/folder.ts'
import { prepareReferences } from '../refs/references.ts'
import { checkRepository, copyRepository, tidyRepository } from './maintenance.ts'
import { createRepository } from './repository.ts'

const scratch = openScratch()
const { host, git } = scratch
after(() => scratch.close())

const dayMs = 24 * 3600 * 1000

function counts(repo: string): { loose: number; packs: number } {
  const text = git(repo, ['count-objects', '-v'])
  return { loose: Number(/^count: (\d+)/m.exec(text)?.[1]), packs: Number(/^packs: (\d+)/m.exec(text)?.[1]) }
}

function inside(repo: string, path: string): string {
  return join(repositoryFolder(host, repo), path)
}

function age(repo: string, path: string, ms: number): void {
  const at = new Date(Date.now() - ms)
  utimesSync(inside(repo, path), at, at)
}

async function commitOnMain(repo: string, from: string | undefined, text: string): Promise<string> {
  const author = { name: 'Ada', email: 'ada@example.org' }
  const changes = [{ kind: 'file' as const, path: 'file', content: Buffer.from(text) }]
  const to = await writeCommit(host, repo, { parent: from, message: 'x', author, date: new Date(), changes })
  const prepared = await prepareReferences(host, repo, [{ ref: 'refs/heads/main', from: from ?? null, to }])
  if ('refused' in prepared) assert.fail(prepared.refused)
  await prepared.commit()
  return to
}

describe('tidying', () => {
  it('packs what has become many, while commits go on', async () => {
    const repo = scratch.create()
    for (let n = 0; n < 22; n++) {
      scratch.commit(repo, { [`f${n}`]: 'x' })
      git(repo, ['repack', '-dq'])
    }
    let head: string | undefined = git(repo, ['rev-parse', 'main'])
    assert.ok(counts(repo).packs > 20)
    const tidied = tidyRepository(host, repo)
    for (let n = 0; n < 5; n++) head = await commitOnMain(repo, head, String(n))
    assert.deepEqual(await tidied, { repacked: true, pruned: false, leftovers: 0 })
    assert.ok(counts(repo).packs < 5)
    assert.equal(git(repo, ['rev-list', '--count', 'main']), '27')
    assert.deepEqual(await checkRepository(host, repo), [])
    assert.equal((await tidyRepository(host, repo)).repacked, false)
  })

  it('packs many refs', async () => {
    const repo = scratch.create()
    const oid = scratch.commit(repo, { a: 'x' })
    const lines = Array.from({ length: 120 }, (_, n) => `create refs/tags/t${n} ${oid}\n`)
    git(repo, ['update-ref', '--stdin'], lines.join(''))
    await tidyRepository(host, repo)
    assert.equal(readdirSync(inside(repo, 'refs/tags')).length, 0)
    assert.equal(git(repo, ['tag']).split('\n').length, 120)
  })

  it('deletes what killed processes left, once it is old', async () => {
    const repo = scratch.create()
    scratch.commit(repo, { a: 'x' })
    git(repo, ['repack', '-adq'])
    const [pack = ''] = readdirSync(inside(repo, 'objects/pack')).filter((name) => name.endsWith('.pack'))
    const keep = `objects/pack/${pack.replace('.pack', '.keep')}`
    const left = ['objects/pack/tmp_pack_x', keep, 'fast_import_crash_1']
    const lock = 'refs/heads/main.lock'
    mkdirSync(inside(repo, 'objects/tmp_objdir-incoming-x/pack'), { recursive: true })
    for (const path of [...left, lock]) writeFileSync(inside(repo, path), '')
    const all = [...left, 'objects/tmp_objdir-incoming-x']
    await tidyRepository(host, repo)
    assert.ok(all.every((path) => existsSync(inside(repo, path))))
    // With the repository locked no one else can hold a lock of git
    assert.ok(!existsSync(inside(repo, lock)))
    for (const path of all) age(repo, path, dayMs + 1000)
    assert.equal((await tidyRepository(host, repo)).leftovers, 4)
    assert.ok(!all.some((path) => existsSync(inside(repo, path))))
    assert.deepEqual(await checkRepository(host, repo), [])
  })

  it('forgets what no ref leads to, two weeks later', async () => {
    const repo = scratch.create()
    const kept = scratch.commit(repo, { a: 'kept' })
    const lost = scratch.commit(repo, { a: 'lost' })
    git(repo, ['repack', '-adq'])
    git(repo, ['update-ref', 'refs/heads/main', kept])
    const exists = () => git(repo, ['cat-file', '--batch-check'], `${lost}\n`).includes('commit')
    const makeOld = (ms: number) => {
      for (const name of readdirSync(inside(repo, 'objects/pack'))) age(repo, `objects/pack/${name}`, ms)
      for (const path of ['config', 'pruned', 'objects/pack', 'refs/heads']) {
        if (existsSync(inside(repo, path))) age(repo, path, 8 * dayMs)
      }
    }
    assert.equal((await tidyRepository(host, repo)).pruned, false)
    makeOld(8 * dayMs)
    assert.equal((await tidyRepository(host, repo)).pruned, true)
    assert.ok(exists())
    assert.equal((await tidyRepository(host, repo)).pruned, false)
    loseTimes(repo)
    makeOld(15 * dayMs)
    assert.equal((await tidyRepository(host, repo)).pruned, true)
    assert.ok(!exists())
    assert.equal(git(repo, ['cat-file', 'blob', 'main:a']), 'kept')
    assert.deepEqual(await checkRepository(host, repo), [])
  })
})

// The pack of what no ref leads to names the time each object was last wanted; without it the age of the file counts.
function loseTimes(repo: string): void {
  const packs = readdirSync(inside(repo, 'objects/pack'))
  const cruft = packs.find((name) => name.endsWith('.mtimes'))?.replace('.mtimes', '') ?? ''
  for (const ending of ['mtimes', 'idx', 'rev'])
    rmSync(inside(repo, `objects/pack/${cruft}.${ending}`), { force: true })
  git(repo, ['index-pack', `objects/pack/${cruft}.pack`])
}

describe('checking', () => {
  it('finds nothing in a sound repository, and says what is wrong in another', async () => {
    const repo = newId()
    await createRepository(host, repo)
    assert.deepEqual(await checkRepository(host, repo), [])
    const head = scratch.commit(repo, { a: 'x', b: 'y' })
    assert.deepEqual(await checkRepository(host, repo), [])
    const blob = git(repo, ['rev-parse', `${head}:a`])
    rmSync(inside(repo, `objects/${blob.slice(0, 2)}/${blob.slice(2)}`))
    assert.match((await checkRepository(host, repo)).join('\n'), new RegExp(`missing blob ${blob}`))
    await assert.rejects(checkRepository(host, newId()))
  })

  it('looks again at what a repack moved while git looked at it', async () => {
    const repo = scratch.create()
    const head = scratch.commit(repo, { a: 'x' })
    const blob = git(repo, ['rev-parse', `${head}:a`])
    const path = inside(repo, `objects/${blob.slice(0, 2)}/${blob.slice(2)}`)
    const content = readFileSync(path)
    rmSync(path)
    execFileSync('mkfifo', [path])
    const checking = checkRepository(host, repo)
    // Opened once git reads it
    const writer = await open(path, 'w')
    writeFileSync(`${path}.new`, content)
    renameSync(`${path}.new`, path)
    await writer.close()
    assert.deepEqual(await checking, [])
  })
})

describe('copying', () => {
  it('takes branches and tags, and shares nothing', async () => {
    const from = scratch.create()
    const head = scratch.commit(from, { a: 'x', 'b/c': 'y' })
    const side = scratch.commit(from, { d: 'z' }, { branch: 'side/way' })
    git(from, ['-c', 'user.name=a', '-c', 'user.email=b', 'tag', '-a', '-m', 'x', 'v1', head])
    git(from, ['update-ref', 'refs/other/x', side])
    const to = newId()
    await createRepository(host, to)
    await copyRepository(host, from, to)
    const refs = 'refs/heads/main\nrefs/heads/side/way\nrefs/tags/v1'
    assert.equal(git(to, ['for-each-ref', '--format=%(refname)']), refs)
    assert.equal(git(to, ['rev-parse', 'main', 'side/way', 'v1']), git(from, ['rev-parse', 'main', 'side/way', 'v1']))
    assert.ok(!existsSync(inside(to, 'objects/info/alternates')))
    rmSync(repositoryFolder(host, from), { recursive: true })
    assert.deepEqual(await checkRepository(host, to), [])
  })

  it('of an empty repository is empty, and of a broken one fails', async () => {
    const to = newId()
    await createRepository(host, to)
    await copyRepository(host, scratch.create(), to)
    assert.equal(git(to, ['for-each-ref']), '')
    const broken = newId()
    await createRepository(host, broken)
    const head = scratch.commit(broken, { a: 'x' })
    const blob = git(broken, ['rev-parse', `${head}:a`])
    rmSync(inside(broken, `objects/${blob.slice(0, 2)}/${blob.slice(2)}`))
    await assert.rejects(copyRepository(host, broken, to))
    assert.equal(git(to, ['for-each-ref']), '')
  })
})
