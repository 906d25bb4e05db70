import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Person, startTestHub, type TestHub } from '../hub.ts'

let hub: TestHub
let stranger: Person

before(async () => {
  hub = await startTestHub()
  stranger = await hub.person('stranger')
  const { people } = await hub.organization('lab', { ada: 'admin', noa: 'no_access' })
  for (const type of ['model', 'dataset', 'space']) {
    const body = { name: 'lab/real', type, visibility: 'private', ...(type === 'space' && { sdk: 'static' }) }
    const made = await hub.request(people.ada, 'POST', '/api/repos/create', body)
    assert.equal(made.status, 200, JSON.stringify(made.body))
  }
})

type Door = [method: string, path: string, body?: unknown, type?: string]
const oid = 'ab'.repeat(32)
const lfs = 'application/vnd.git-lfs+json'

function doorsOf(types: string, name: string): Door[] {
  const api = `/api/${types}/${name}`
  const site = types === 'models' ? `/${name}` : `/${types}/${name}`
  const body = { name, type: types.slice(0, -1) }
  const header = '{"key":"header","value":{"summary":"x"}}\n'
  return [
    ...['', '/revision/main', '/tree/main', '/tree/main/a/b', '/refs', '/commits/main', '/commit/main'].map(
      (tail): Door => ['GET', `${api}${tail}`],
    ),
    ...[
      '/compare/main..dev',
      '/auth-check',
      '/auth-check/write',
      '/lfs-files',
      '/xet-write-token/main',
      '/xet-read-token/main',
    ].map((tail): Door => ['GET', `${api}${tail}`]),
    ...['/treesize/main/a', '/collaborators', '/collaborators/noa', '/resource-group'].map(
      (tail): Door => ['GET', `${api}${tail}`],
    ),
    ['POST', `${api}/paths-info/main`, { paths: ['a'] }],
    ['POST', `${api}/paths-info/main`, 'paths=a&expand=true', 'application/x-www-form-urlencoded'],
    ['POST', `${api}/preupload/main`, { files: [{ path: 'a', size: 1, sample: '' }] }],
    ['POST', `${api}/commit/main`, header, 'application/x-ndjson'],
    ['POST', `${api}/branch/dev`, {}],
    ['DELETE', `${api}/branch/dev`],
    ['POST', `${api}/tag/main`, { tag: 'v1' }],
    ['DELETE', `${api}/tag/v1`],
    ['POST', `${api}/super-squash/main`, { message: 'x' }],
    ['POST', `${api}/duplicate`, { repository: 'stranger/copy' }],
    ['PUT', `${api}/settings`, { visibility: 'public' }],
    ['POST', `${api}/lfs-files/batch`, { deletions: { sha: [oid] } }],
    ['PUT', `${api}/collaborators/stranger`, { role: 'read' }],
    ['DELETE', `${api}/collaborators/noa`],
    ['POST', `${api}/resource-group`, { resourceGroupId: null }],
    ['DELETE', '/api/repos/delete', body],
    ['POST', '/api/repos/move', { fromRepo: name, toRepo: 'stranger/mine', type: body.type }],
    ['GET', `${site}/resolve/main/.gitattributes`],
    ['HEAD', `${site}/resolve/main/.gitattributes`],
    ['GET', `${site}/raw/main/.gitattributes`],
    ['GET', `/api/resolve-cache/${types}/${name}/main/.gitattributes`],
    ['GET', `${site}.git/info/refs?service=git-upload-pack`],
    ['GET', `${site}.git/info/refs?service=git-receive-pack`],
    ['POST', `${site}.git/git-upload-pack`, '0000', 'application/x-git-upload-pack-request'],
    ['POST', `${site}.git/git-receive-pack`, '0000', 'application/x-git-receive-pack-request'],
    ['POST', `${site}.git/info/lfs/objects/batch`, { operation: 'download', objects: [{ oid, size: 1 }] }, lfs],
    ['POST', `${site}.git/info/lfs/objects/batch`, { operation: 'upload', objects: [{ oid, size: 1 }] }, lfs],
    ['POST', `${site}.git/info/lfs/objects/verify`, { oid, size: 1 }, lfs],
    ['GET', `${site}.git/info/lfs/locks`],
    ['POST', `${site}.git/info/lfs/locks`, { path: 'a' }, lfs],
    ['POST', `${site}.git/info/lfs/locks/verify`, {}, lfs],
    ['POST', `${site}.git/info/lfs/locks/1/unlock`, {}, lfs],
  ]
}

async function answer(who: Person | undefined, [method, path, body, type]: Door, name: string) {
  const reply = await hub.request(who, method, path, body, type ? { 'content-type': type } : {})
  const headers = [...reply.headers].filter(([key]) => !['date', 'x-request-id', 'content-length'].includes(key))
  const text = JSON.stringify([reply.status, headers, reply.body])
  return text.replaceAll(name, 'lab/name').replaceAll(encodeURIComponent(name), 'lab/name')
}

for (const types of ['models', 'datasets', 'spaces']) {
  test(`${types}: what one may not read answers like what is not there, at every door`, async () => {
    const noa = await hub.person('noa')
    const differences: string[] = []
    for (const who of [undefined, stranger, noa]) {
      const missing = doorsOf(types, 'lab/none')
      for (const [index, door] of doorsOf(types, 'lab/real').entries()) {
        const real = await answer(who, door, 'lab/real')
        const none = await answer(who, missing[index] ?? door, 'lab/none')
        if (real === none && real.startsWith(who ? '[404,' : '[401,')) continue
        differences.push(`${door[0]} ${door[1]} as ${who?.name ?? 'nobody'}:\n  there   ${real}\n  missing ${none}`)
      }
    }
    if (differences.length > 0) assert.fail(differences.join('\n'))
  })
}
