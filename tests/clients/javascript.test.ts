import assert from 'node:assert/strict'
import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import * as js from '@huggingface/hub'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { digestOf } from './expect.ts'
import { makeMachine } from './machine.ts'

let hub: TestHub
let ada: Person
let stranger: Person

before(async () => {
  hub = await startTestHub()
  ada = (await hub.organization('lab', { ada: 'admin' })).people.ada as Person
  stranger = await hub.person('stranger')
})

const as = (person: Person) => ({ hubUrl: hub.url, accessToken: person.token })
const text = async (blob: Blob | null) => (blob === null ? null : await blob.text())
const all = async <T>(items: AsyncIterable<T>) => {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
const refusal = (action: Promise<unknown>) =>
  action.then(
    () => assert.fail('it was not refused'),
    (error: js.HubApiError) => error,
  )

test('repositories: create, exist, list, tell about, delete', async () => {
  const files = [{ path: 'start.txt', content: new Blob(['at the start']) }]
  const made = await js.createRepo({ ...as(ada), repo: 'lab/one', license: 'mit', files })
  assert.equal(made.repoUrl, `${hub.running.publicUrl}/lab/one`)
  await js.createRepo({ ...as(ada), repo: 'datasets/lab/one', visibility: 'private' })
  await js.createRepo({ ...as(ada), repo: { type: 'space', name: 'lab/one' }, sdk: 'static' })
  assert.equal((await refusal(js.createRepo({ ...as(ada), repo: 'lab/one' }))).statusCode, 409)
  assert.equal(await js.repoExists({ ...as(ada), repo: 'datasets/lab/one' }), true)
  assert.equal(await js.repoExists({ ...as(stranger), repo: 'datasets/lab/one' }), false)
  assert.equal(await js.repoExists({ ...as(ada), repo: 'lab/two' }), false)
  await js.checkRepoAccess({ ...as(ada), repo: 'datasets/lab/one' })
  assert.equal((await refusal(js.checkRepoAccess({ ...as(stranger), repo: 'datasets/lab/one' }))).statusCode, 404)
  assert.equal((await refusal(js.checkRepoAccess({ hubUrl: hub.url, repo: 'datasets/lab/one' }))).statusCode, 401)

  const model = await js.modelInfo({ ...as(ada), name: 'lab/one', additionalFields: ['author', 'sha', 'tags'] })
  assert.equal(model.name, 'lab/one')
  assert.equal(model.author, 'lab')
  assert.match(model.sha ?? '', /^[0-9a-f]{40}$/)
  assert.ok(model.tags?.includes('license:mit'), JSON.stringify(model.tags))
  assert.ok(model.updatedAt instanceof Date && model.private === false && model.gated === false)
  assert.equal((await js.datasetInfo({ ...as(ada), name: 'lab/one' })).private, true)
  assert.equal((await js.spaceInfo({ ...as(ada), name: 'lab/one' })).sdk, 'static')
  assert.deepEqual(
    (await all(js.listModels({ ...as(ada), search: { owner: 'lab' } }))).map(({ name }) => name),
    ['lab/one'],
  )
  assert.equal((await all(js.listDatasets({ ...as(ada), search: { owner: 'lab' } }))).length, 1)
  assert.equal((await all(js.listDatasets({ ...as(stranger), search: { owner: 'lab' } }))).length, 0)
  assert.equal((await all(js.listSpaces({ ...as(ada), search: { owner: 'lab' } }))).length, 1)
  assert.equal(await text(await js.downloadFile({ ...as(ada), repo: 'lab/one', path: 'start.txt' })), 'at the start')
  assert.match((await text(await js.downloadFile({ ...as(ada), repo: 'lab/one', path: 'README.md' }))) ?? '', /mit/)

  assert.equal((await refusal(js.deleteRepo({ ...as(stranger), repo: 'lab/one' }))).statusCode, 403)
  await js.deleteRepo({ ...as(ada), repo: { type: 'space', name: 'lab/one' } })
  assert.equal(await js.repoExists({ ...as(ada), repo: { type: 'space', name: 'lab/one' } }), false)
  const who = await js.whoAmI(as(ada))
  assert.deepEqual([who.type, who.name, who.auth?.type], ['user', 'ada', 'access_token'])
})

test('files: upload, commit, download a range, list, delete', async () => {
  const repo = 'lab/files'
  await js.createRepo({ ...as(ada), repo, visibility: 'private' })
  const weights = randomFillSync(Buffer.alloc(40_000_000))
  const made = await js.uploadFile({ ...as(ada), repo, file: { path: 'a/hello.txt', content: new Blob(['hello']) } })
  assert.match(made?.commit.oid ?? '', /^[0-9a-f]{40}$/)
  assert.equal(made?.commit.url, `${hub.running.publicUrl}/lab/files/commit/${made?.commit.oid}`)
  const progress: string[] = []
  const upload = js.uploadFilesWithProgress({
    ...as(ada),
    repo,
    commitTitle: 'Weights',
    files: [
      { path: 'model.safetensors', content: new Blob([weights]) },
      { path: 'empty.txt', content: new Blob([]) },
    ],
  })
  for await (const event of upload) progress.push(event.event)
  assert.ok(progress.includes('fileProgress'))

  const listed = await all(js.listFiles({ ...as(ada), repo, recursive: true, expand: true }))
  const weightsEntry = listed.find(({ path }) => path === 'model.safetensors')
  assert.equal(weightsEntry?.lfs?.oid, digestOf(weights))
  assert.equal(weightsEntry?.size, weights.length)
  assert.equal(weightsEntry?.lastCommit?.title, 'Weights')
  assert.ok(listed.some(({ path, type }) => path === 'a' && type === 'directory'))
  const blob = await js.downloadFile({ ...as(ada), repo, path: 'model.safetensors' })
  assert.equal(digestOf(new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0))), digestOf(weights))
  const part = Buffer.from((await blob?.slice(1_000_000, 1_000_100).arrayBuffer()) ?? new ArrayBuffer(0))
  assert.deepEqual(part, weights.subarray(1_000_000, 1_000_100))
  assert.equal(await text(await js.downloadFile({ ...as(ada), repo, path: 'empty.txt' })), '')
  assert.equal(await js.downloadFile({ ...as(ada), repo, path: 'no.txt' }), null)
  const pointer = await js.downloadFile({ ...as(ada), repo, path: 'model.safetensors', raw: true })
  assert.match((await text(pointer)) ?? '', new RegExp(`oid sha256:${digestOf(weights)}`))
  const info = await js.fileDownloadInfo({ ...as(ada), repo, path: 'model.safetensors' })
  assert.equal(info?.size, weights.length)
  assert.equal(info?.etag.replaceAll('"', ''), digestOf(weights))
  assert.equal(await js.fileExists({ ...as(ada), repo, path: 'a/hello.txt' }), true)
  assert.equal(await js.fileExists({ ...as(ada), repo, path: 'a/bye.txt' }), false)
  const paths = await js.pathsInfo({ ...as(ada), repo, paths: ['a/hello.txt', 'a', 'gone'], expand: true })
  assert.deepEqual(paths.map(({ path, type }) => `${type} ${path}`).sort(), ['directory a', 'file a/hello.txt'])
  assert.equal(paths.find(({ path }) => path === 'a/hello.txt')?.lastCommit?.id, made?.commit.oid)

  const committed = await js.commit({
    ...as(ada),
    repo,
    title: 'Several',
    description: 'In one go.',
    parentCommit: (await js.modelInfo({ ...as(ada), name: repo, additionalFields: ['sha'] })).sha as string,
    operations: [
      { operation: 'addOrUpdate', path: 'b.txt', content: new Blob(['b']) },
      { operation: 'delete', path: 'empty.txt' },
    ],
  })
  const late = js.commit({
    ...as(ada),
    repo,
    title: 'Too late',
    parentCommit: made?.commit.oid as string,
    operations: [{ operation: 'addOrUpdate', path: 'c.txt', content: new Blob(['c']) }],
  })
  assert.equal((await refusal(late)).statusCode, 412)
  await js.deleteFile({ ...as(ada), repo, path: 'b.txt' })
  await js.uploadFiles({ ...as(ada), repo, files: [{ path: 'x', content: new Blob(['x']) }] })
  await js.deleteFiles({ ...as(ada), repo, paths: ['x', 'a/hello.txt'] })
  const left = (await all(js.listFiles({ ...as(ada), repo, recursive: true }))).map(({ path }) => path).sort()
  assert.deepEqual(left, ['.gitattributes', 'model.safetensors'])
  const commits = await all(js.listCommits({ ...as(ada), repo, batchSize: 3 }))
  assert.equal(await js.countCommits({ ...as(ada), repo }), commits.length)
  const several = commits.find(({ oid }) => oid === committed?.commit.oid)
  assert.deepEqual([several?.title, several?.message], ['Several', 'In one go.'])
  assert.equal(commits.at(-1)?.title, 'initial commit')
})

test('branches, and a snapshot on disk', async () => {
  const repo = 'datasets/lab/branches'
  await js.createRepo({ ...as(ada), repo, visibility: 'private' })
  await js.uploadFile({ ...as(ada), repo, file: { path: 'one.txt', content: new Blob(['1']) } })
  await js.createBranch({ ...as(ada), repo, branch: 'dev/js' })
  await js.uploadFile({ ...as(ada), repo, branch: 'dev/js', file: { path: 'two.txt', content: new Blob(['2']) } })
  assert.equal(await js.fileExists({ ...as(ada), repo, path: 'two.txt' }), false)
  assert.equal(await js.fileExists({ ...as(ada), repo, path: 'two.txt', revision: 'dev/js' }), true)
  const onBranch = await all(js.listFiles({ ...as(ada), repo, revision: 'dev/js' }))
  assert.deepEqual(onBranch.map(({ path }) => path).sort(), ['.gitattributes', 'one.txt', 'two.txt'])
  assert.equal((await all(js.listCommits({ ...as(ada), repo, revision: 'dev/js' }))).length, 3)
  const cacheDir = makeMachine(hub.url).folder('cache')
  const folder = await js.snapshotDownload({ ...as(ada), repo, cacheDir, revision: 'dev/js' })
  assert.equal(readFileSync(join(folder, 'two.txt'), 'utf8'), '2')
  const file = await js.downloadFileToCacheDir({ ...as(ada), repo, path: 'one.txt', cacheDir })
  assert.equal(readFileSync(file, 'utf8'), '1')
  await js.createBranch({ ...as(ada), repo, branch: 'empty', empty: true })
  await js.createBranch({ ...as(ada), repo, branch: 'dev/js', revision: 'main', overwrite: true })
  assert.equal(await js.fileExists({ ...as(ada), repo, path: 'two.txt', revision: 'dev/js' }), false)
  await js.deleteBranch({ ...as(ada), repo, branch: 'dev/js' })
  const kept = await refusal(js.deleteBranch({ ...as(ada), repo, branch: 'main' }))
  assert.match(kept.message, /Cannot delete refs\/heads\/main/)
})
