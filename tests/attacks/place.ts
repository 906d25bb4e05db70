// A hub with a repository to attack, and everything around it that must stay as it is.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { StorageOptions } from '../../server/http/storage.ts'
import { type Person, type Reply, startTestHub, type TestHub } from '../hub.ts'
import { sendWire } from '../wire.ts'

/** The repository under attack, and people who know it. */
export interface Target {
  hub: TestHub
  dataDir: string
  ada: Person
  wes: Person
  rea: Person
  /** `acme/target`. */
  name: string
  folder: string
  /** The first commit. */
  head: string
  /** Runs git in the repository as the machine's owner would. */
  git(...args: string[]): string
  /** A request over the wire as it is, in someone's name. */
  wire(who: Person, method: string, path: string, body?: { type: string; content: string | Buffer }): Promise<Reply>
  /** A push written by hand. */
  push(body: Buffer, who?: Person): Promise<Reply>
  /** Everything outside of the attacked repository, and its references, as they were when this was asked for. */
  watch(): () => void
}

const files: Record<string, string> = { 'README.md': '# Target\n', 'data/a.txt': 'one\n' }

/** Starts a hub with a repository of three files; a data folder can be given. */
export async function makeTarget(
  options: { storage?: Partial<StorageOptions>; dataDir?: string } = {},
): Promise<Target> {
  const parent = mkdtempSync(join(tmpdir(), 'guildhall-attack-'))
  after(() => rmSync(parent, { recursive: true, force: true }))
  const dataDir = options.dataDir ?? join(parent, 'data')
  mkdirSync(dataDir, { recursive: true })
  for (const name of ['config', 'README.md']) writeFileSync(join(parent, name), 'outside')
  const hub = await startTestHub({ dataDir, ...(options.storage && { storage: options.storage }) })
  const { people } = await hub.organization('acme', { ada: 'admin', wes: 'write', rea: 'read' })
  const [ada, wes, rea] = [people.ada, people.wes, people.rea] as [Person, Person, Person]
  for (const name of ['target', 'sibling']) await makeRepository(hub, ada, name)
  const row = await hub.db
    .selectFrom('repositories')
    .select('id')
    .where('name', '=', 'target')
    .executeTakeFirstOrThrow()
  const folder = join(dataDir, 'repositories', row.id.slice(-2), `${row.id}.git`)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, env: plainEnvironment }).toString().trim()
  const name = 'acme/target'
  const wire: Target['wire'] = (who, method, path, body) =>
    sendWire(hub, {
      ...{ method, path, body: body?.content },
      headers: { authorization: `Bearer ${who.token}`, ...(body && { 'content-type': body.type }) },
    })
  return {
    ...{ hub, dataDir, ada, wes, rea, name, folder, git, wire },
    head: git('rev-parse', 'main'),
    push: (content, who = wes) =>
      wire(who, 'POST', `/${name}.git/git-receive-pack`, { type: 'application/x-git-receive-pack-request', content }),
    watch: () => watch(parent, dataDir, folder, git),
  }
}

const plainEnvironment = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  // The account that git runs as owns the repositories
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  GIT_AUTHOR_NAME: 'wes',
  GIT_AUTHOR_EMAIL: 'wes@example.org',
  GIT_COMMITTER_NAME: 'wes',
  GIT_COMMITTER_EMAIL: 'wes@example.org',
}

async function makeRepository(hub: TestHub, ada: Person, name: string): Promise<void> {
  const made = await hub.request(ada, 'POST', '/api/repos/create', {
    ...{ name, organization: 'acme', private: true },
    files: Object.entries(files).map(([path, content]) => ({ path, content, encoding: 'utf-8' })),
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
}

function watch(parent: string, dataDir: string, folder: string, git: Target['git']): () => void {
  const state = () => ({
    refs: git('for-each-ref', '--format=%(refname) %(objectname)'),
    head: readFileSync(join(folder, 'HEAD'), 'utf8'),
    config: readFileSync(join(folder, 'config'), 'utf8'),
    outside: digests(new Set([parent, dataDir]), folder),
  })
  const before = state()
  return () => {
    assert.deepEqual(state(), before)
    assert.deepEqual(
      readdirSync(join(folder, 'objects')).filter((found) => found.startsWith('tmp_')),
      [],
    )
    requireSound(folder)
  }
}

// Every file but those of the repository itself, with its content.
function digests(roots: Set<string>, without: string): string[] {
  const found = new Set<string>()
  const look = (path: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inside = join(path, entry.name)
      if (inside === without) continue
      if (entry.isDirectory()) look(inside)
      else if (entry.isFile()) found.add(`${inside} ${createHash('sha1').update(readFileSync(inside)).digest('hex')}`)
      else found.add(inside)
    }
  }
  for (const root of roots) look(root)
  return [...found].sort()
}

/** git finds nothing wrong in a repository. */
export function requireSound(folder: string): void {
  const options = { cwd: folder, env: plainEnvironment, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync('git', ['fsck', '--strict', '--full', '--no-dangling'], options)
  const found = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !/^notice: |^Checking /.test(line))
  assert.deepEqual({ status, found }, { status: 0, found: [] })
}
