// A repository has its row, and its folder is gone: lost with a container, or a share that is not mounted.
import assert from 'node:assert/strict'
import { cpSync, renameSync, rmSync } from 'node:fs'
import { test } from 'node:test'
import { commands, none, pack } from '../attacks/packets.ts'
import { makeTarget } from '../attacks/place.ts'

const { hub, wes, name, head, folder, push, wire } = await makeTarget()

const commitBody = ['header', 'file']
  .map((key) => JSON.stringify({ key, value: key === 'header' ? { summary: 'x' } : { path: 'x', content: 'x' } }))
  .join('\n')

const requests: Record<string, () => Promise<{ status: number; body: unknown }>> = {
  info: () => hub.request(wes, 'GET', `/api/models/${name}`),
  files: () => hub.request(wes, 'GET', `/api/models/${name}/tree/main`),
  commits: () => hub.request(wes, 'GET', `/api/models/${name}/commits/main`),
  refs: () => hub.request(wes, 'GET', `/api/models/${name}/refs`),
  'a file': () => hub.request(wes, 'GET', `/${name}/resolve/main/README.md`),
  'a commit': () =>
    hub.request(wes, 'POST', `/api/models/${name}/commit/main`, commitBody, { 'content-type': 'application/x-ndjson' }),
  'git: what is there': () => hub.request(wes, 'GET', `/${name}.git/info/refs?service=git-upload-pack`),
  'git: what may be pushed': () => hub.request(wes, 'GET', `/${name}.git/info/refs?service=git-receive-pack`),
  'git: a fetch': () =>
    wire(wes, 'POST', `/${name}.git/git-upload-pack`, {
      type: 'application/x-git-upload-pack-request',
      content: Buffer.from(`0032want ${head}\n00000009done\n`),
    }),
  'git: a push': () => push(Buffer.concat([commands([{ from: none, to: head, ref: 'refs/heads/more' }]), pack([])])),
}

async function refusedBy503(): Promise<void> {
  for (const [what, ask] of Object.entries(requests)) {
    const { status, body } = await ask()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    assert.equal(status, 503, `${what}: ${text}`)
    assert.match(text, /The files of this repository are missing/, what)
    assert.doesNotMatch(text, new RegExp(folder.split('/').slice(0, 3).join('/')), what)
  }
}

test('a repository without its folder says so at every door, and is back with it', async () => {
  assert.equal((await requests.files?.())?.status, 200)
  cpSync(folder, `${folder}-away`, { recursive: true })
  rmSync(folder, { recursive: true })
  // By a process that has read there before
  assert.equal((await requests.files?.())?.status, 503)
  hub.running.server.hub.git.readers.forget(folder.split('/').at(-1)?.slice(0, 24) ?? '')
  await refusedBy503()
  renameSync(`${folder}-away`, folder)
  for (const what of ['info', 'files', 'a file', 'a commit', 'git: what is there', 'git: a push'])
    assert.equal((await requests[what]?.())?.status, 200, what)
})
