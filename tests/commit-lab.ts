import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Person, type Reply, startTestHub, type TestHub } from './hub.ts'

/** A line of the body of a commit. */
export type Line = { key: string; value: unknown }

export const header = (more: Record<string, unknown> = {}): Line => ({
  key: 'header',
  value: { summary: 'a change', ...more },
})
export const file = (path: string, content: string | Buffer, more = {}): Line => ({
  key: 'file',
  value: { content: Buffer.from(content).toString('base64'), path, encoding: 'base64', ...more },
})
export const text = (path: string, content: string, more = {}): Line => ({
  key: 'file',
  value: { path, content, ...more },
})
export const removed = (path: string, key = 'deletedFile'): Line => ({ key, value: { path } })
export const lfs = (path: string, oid: string, more = {}): Line => ({
  key: 'lfsFile',
  value: { path, algo: 'sha256', oid, ...more },
})
export const body = (lines: (Line | string)[]) =>
  lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')

export interface CommitLab {
  hub: TestHub
  /** The organization `lab`: ada is its admin, wil writes, rae reads; sam is no member. */
  orgId: string
  people: Record<string, Person>
  /** Makes a repository of `lab` and answers its name. */
  newRepo(): Promise<string>
  idOf(repo: string): Promise<string>
  /** Sends a body as it is. */
  send(who: string | undefined, repo: string, lines: string | Buffer | (Line | string)[], rev?: string): Promise<Reply>
  /** Commits in wil's name and answers the commit. */
  commit(repo: string, lines: (Line | string)[], rev?: string): Promise<string>
  git(repo: string, ...args: string[]): Promise<string>
  head(repo: string, branch?: string): Promise<string>
  /** Every file of `main`. */
  paths(repo: string): Promise<string[]>
  /** What is in the folder of what arrives. */
  incoming(): string[]
}

/** Starts a hub on which commits are made. */
export async function openCommitLab(): Promise<CommitLab> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gh-commits-'))
  const hub = await startTestHub({ dataDir, storage: { maxLfsObjectBytes: 64 * 1024 * 1024 } })
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', rae: 'read' })
  const people: Record<string, Person> = { ...made.people, sam: await hub.person('sam') }
  let serial = 0
  const lab: CommitLab = {
    hub,
    orgId: made.id,
    people,
    async newRepo() {
      const name = `repo-${serial++}`
      const reply = await hub.request(people.wil, 'POST', '/api/repos/create', { name, organization: 'lab' })
      assert.equal(reply.status, 200)
      return name
    },
    async idOf(repo) {
      const query = hub.db.selectFrom('repositories').select('id').where('name', '=', repo)
      return (await query.executeTakeFirstOrThrow()).id
    },
    send(who, repo, lines, rev = 'main') {
      const sent = Array.isArray(lines) ? body(lines) : lines
      const path = `/api/models/lab/${repo}/commit/${encodeURIComponent(rev)}`
      return hub.request(who && people[who], 'POST', path, sent, { 'content-type': 'application/x-ndjson' })
    },
    async commit(repo, lines, rev) {
      const reply = await lab.send('wil', repo, [header(), ...lines], rev)
      assert.equal(reply.status, 200, JSON.stringify(reply.body))
      return reply.body.commitOid
    },
    async git(repo, ...args) {
      const id = await lab.idOf(repo)
      const folder = join(dataDir, 'repositories', id.slice(-2), `${id}.git`)
      return execFileSync('git', args, { cwd: folder, maxBuffer: 1e9 }).toString().trimEnd()
    },
    head: (repo, branch = 'main') => lab.git(repo, 'rev-parse', `refs/heads/${branch}`),
    async paths(repo) {
      return (await lab.git(repo, 'ls-tree', '-r', '-z', '--name-only', 'main')).split('\0').filter(Boolean)
    },
    incoming: () => readdirSync(join(dataDir, 'incoming')),
  }
  return lab
}
