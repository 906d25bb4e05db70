// A hub with a laboratory, and how its people upload to it by Xet.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Person, type Reply, startTestHub } from './hub.ts'
import { shardOf, type TestFile, type TestXorb } from './xet-lab.ts'

const mostFileBytes = 16 * 1024 ** 2
const octets = { 'content-type': 'application/octet-stream' }

/** Where a client was told to upload to, and with what. */
export interface Door {
  path: string
  token: string
}

/** Starts it, with private repositories `private` and `other`, and a public one, `open`. Files have 16 MiB at most. */
export async function startXetHub() {
  const dataDir = mkdtempSync(join(tmpdir(), 'gh-xet-hub-'))
  const hub = await startTestHub({ dataDir, storage: { maxLfsObjectBytes: mostFileBytes } })
  const made = await hub.organization('lab', { ada: 'admin', wil: 'write', con: 'contributor', rae: 'read' })
  const people: Record<string, Person> = { ...made.people, sam: await hub.person('sam') }

  async function newRepo(name: string, isPrivate = true): Promise<void> {
    const body = { name, organization: 'lab', private: isPrivate }
    const reply = await hub.request(people.ada, 'POST', '/api/repos/create', body)
    assert.equal(reply.status, 200, JSON.stringify(reply.body))
  }

  const askToken = (who: string | undefined, repo: string, query = '') =>
    hub.request(who && people[who], 'GET', `/api/models/lab/${repo}/xet-write-token/main${query}`)

  async function doorOf(who: string, repo: string): Promise<Door> {
    const { status, body } = await askToken(who, repo)
    assert.equal(status, 200, JSON.stringify(body))
    return { path: new URL(body.casUrl).pathname, token: body.accessToken }
  }

  const send = ({ path, token }: Door, tail: string, body: Buffer): Promise<Reply> =>
    hub.request(token, 'POST', path + tail, body, octets)
  const repoOf = (name: string) =>
    hub.db
      .selectFrom('repositories')
      .select(['id', 'xet_generation', 'lfs_bytes'])
      .where('name', '=', name)
      .executeTakeFirstOrThrow()

  await newRepo('private')
  await newRepo('other')
  await newRepo('open', false)
  return {
    ...{ hub, dataDir, people, newRepo, askToken, doorOf, send, repoOf },
    sendXorb: (door: Door, { hash, bytes }: Pick<TestXorb, 'hash' | 'bytes'>) =>
      send(door, `/v1/xorbs/default/${hash}`, bytes),
    register: (door: Door, files: TestFile[], version = 'v1') => send(door, `/${version}/shards`, shardOf(files)),
    countRows: async () => ({
      objects: (await hub.db.selectFrom('lfs_objects').select('oid').execute()).length,
      files: (await hub.db.selectFrom('xet_files').select('oid').execute()).length,
      xorbs: (await hub.db.selectFrom('xet_xorbs').select('hash').execute()).length,
    }),
    async stagedFiles(repo: string): Promise<string[]> {
      const folder = join(dataDir, 'xet', (await repoOf(repo)).id)
      return existsSync(folder) ? readdirSync(folder) : []
    },
  }
}
