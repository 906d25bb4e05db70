import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as js from '@huggingface/hub'
import type { Person, TestHub } from '../hub.ts'
import { digestOf, gitAll } from './expect.ts'
import { type Machine, makeMachine } from './machine.ts'

/** What someone gets out of a repository: reads and writes, only reads, or what a missing one gives. */
export type Right = 'writes' | 'reads' | 'sees nothing'

/** Someone at a computer who tries every door to a repository. */
export interface Visitor {
  /** Tries git, LFS, the files' addresses and the commit API, and tells what each gave. */
  tryAll(repo: string): Promise<Record<string, Right>>
  machine: Machine
}

/** Sets up a visitor; without a person it is someone unknown. */
export async function makeVisitor(hub: TestHub, person: Person | undefined): Promise<Visitor> {
  const machine = makeMachine(hub.url, person)
  const source = machine.folder('source')
  await gitAll(machine, source, ['init', '-q'], ['commit', '-q', '--allow-empty', '-m', 'Something'])
  const visitor: Visitor = {
    machine,
    tryAll: async (repo) => ({
      git: await tryGit(hub, machine, repo),
      lfs: await tryLfs(hub, person, repo),
      files: await tryFiles(hub, person, repo),
    }),
  }
  return visitor
}

let attempts = 0
const nextAttempt = () => ++attempts

async function tryGit(hub: TestHub, machine: Machine, repo: string): Promise<Right> {
  const attempt = nextAttempt()
  const url = `${hub.url}/${repo}`
  const folder = join(machine.home, 'clone')
  rmSync(folder, { recursive: true, force: true })
  const clone = await machine.git(machine.home, 'clone', '-q', url, 'clone')
  const source = join(machine.home, 'source')
  writeFileSync(join(source, 'x.txt'), String(attempt))
  await gitAll(machine, source, ['add', '.'], ['commit', '-q', '-m', `Number ${attempt}`])
  const push = await machine.git(source, 'push', '-q', url, `HEAD:refs/heads/push-${attempt}`)
  if (clone.code !== 0) {
    assert.match(clone.text, /not found|could not read Username/i)
    assert.match(push.text, /not found|could not read Username/i)
    assert.notEqual(push.code, 0)
    return 'sees nothing'
  }
  if (push.code !== 0) assert.match(push.text, /403|could not read Username/, push.text)
  return push.code === 0 ? 'writes' : 'reads'
}

async function tryLfs(hub: TestHub, person: Person | undefined, repo: string): Promise<Right> {
  const ask = (operation: string) =>
    hub.request(
      person,
      'POST',
      `/${repo}.git/info/lfs/objects/batch`,
      { operation, transfers: ['basic'], objects: [{ oid: digestOf(repo), size: 1 }] },
      { 'content-type': 'application/vnd.git-lfs+json' },
    )
  const read = await ask('download')
  const write = await ask('upload')
  if (read.status === 200) {
    assert.ok([200, 401, 403].includes(write.status), JSON.stringify(write.body))
    return write.status === 200 ? 'writes' : 'reads'
  }
  assert.deepEqual([read.status, write.status], person ? [404, 404] : [401, 401], JSON.stringify(read.body))
  return 'sees nothing'
}

async function tryFiles(hub: TestHub, person: Person | undefined, repo: string): Promise<Right> {
  const attempt = nextAttempt()
  const to = { hubUrl: hub.url, repo, ...(person && { accessToken: person.token }) }
  const read = await statusOf(js.downloadFile({ ...to, path: '.gitattributes' }))
  const look = await statusOf(js.checkRepoAccess(to))
  const branch = await statusOf(js.createBranch({ ...to, branch: `api-${attempt}` }))
  const file = { path: `${attempt}.txt`, content: new Blob([String(attempt)]) }
  const write = await statusOf(js.uploadFile({ ...to, file }))
  const statuses = [read, look, branch, write]
  if (read === 200) {
    assert.equal(look, 200)
    assert.equal(branch, write)
    assert.ok([200, person ? 403 : 401].includes(write), String(statuses))
    return write === 200 ? 'writes' : 'reads'
  }
  assert.deepEqual(statuses, person ? [404, 404, 404, 404] : [401, 401, 401, 401])
  return 'sees nothing'
}

async function statusOf(action: Promise<unknown>): Promise<number> {
  try {
    await action
    return 200
  } catch (error) {
    if (error instanceof js.HubApiError) return error.statusCode
    throw error
  }
}
