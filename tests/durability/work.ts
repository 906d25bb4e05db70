// People at work on a hub, each until it is killed under them. What it acknowledges goes into the ledger.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from './ledger.ts'

/** The repository that all of them work on. */
export const busyRepo = 'acme/busy'

/** A hub to work on; its address changes with every start. */
export interface Place {
  url: string
  token: string
  /** Whether it was told to end: then, and only then, may work fail. */
  isKilled(): boolean
}

/** Someone's clone, with a branch of their own. */
export interface Pusher {
  push(place: Place, ledger: Ledger): Promise<void>
  remove(): void
}

/** Makes a clone to push from. */
export async function makePusher(name: string): Promise<Pusher> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-pusher-'))
  await git(folder, ['init', '-q', '-b', name])
  let serial = 0
  return {
    async push(place, ledger) {
      serial++
      mkdirSync(join(folder, 'data'), { recursive: true })
      writeFileSync(
        join(folder, 'data', `${serial % 50}.bin`),
        randomBytes(randomInt(10, serial % 7 ? 40_000 : 3_000_000)),
      )
      await git(folder, ['add', '.'])
      await git(folder, ['commit', '-q', '-m', `number ${serial}`])
      const { text: commit } = await git(folder, ['rev-parse', 'HEAD'])
      const refs = [`refs/heads/${name}`, ...(serial % 3 ? [] : [`refs/tags/${name}-${serial}`])]
      const url = `${place.url}/${busyRepo}`.replace('://', `://ada:${place.token}@`)
      const { code, text } = await git(folder, ['push', '-q', url, ...refs.map((ref) => `HEAD:${ref}`)], [0, 1, 128])
      // Others move branches of the same repository: who waited too long is told so, and nothing has moved
      if (text.includes('is being updated by another request. Push again')) return
      if (code !== 0) return failed(place, `push of ${name}: ${text}`)
      ledger.counts.push++
      for (const ref of refs) ledger.pushed.set(ref, commit)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Commits a few files to a branch by the API, over and over; some of them large. */
export async function keepCommitting(place: Place, ledger: Ledger, name: string): Promise<void> {
  for (let serial = 0; !place.isKilled(); serial++) {
    const large = serial % 4 === 3
    const answer = await send(place, 'POST', `/api/models/${busyRepo}/commit/main`, {
      type: 'application/x-ndjson',
      body: Readable.from(commitLines(name, large ? 4_000_000 : 300)),
    })
    // Others commit to the same branch: the loser is told so, and who waited too long for a turn
    if (answer?.status === 412 || answer?.text.includes('Someone else is updating the branch')) continue
    if (answer?.status !== 200) return failed(place, `commit: ${answer?.status} ${answer?.text}`)
    ledger.counts.commit++
    const commits = ledger.committed.get('refs/heads/main') ?? []
    ledger.committed.set('refs/heads/main', [...commits, String(JSON.parse(answer.text).commitOid)])
  }
}

async function* commitLines(name: string, bytes: number): AsyncIterable<string> {
  yield `${JSON.stringify({ key: 'header', value: { summary: `work of ${name}` } })}\n`
  for (let file = 0; file < 3; file++) {
    const content = randomBytes(bytes / 3).toString('base64')
    const value = { path: `${name}/${file}-${randomInt(100)}.bin`, content, encoding: 'base64' }
    yield `${JSON.stringify({ key: 'file', value })}\n`
    if (bytes > 100_000) await sleep(20)
  }
}

/** Uploads large files, over and over. */
export async function keepUploading(place: Place, ledger: Ledger): Promise<void> {
  while (!place.isKilled()) {
    const bytes = randomBytes(randomInt(1000, 6_000_000))
    const object = { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
    const batch = await send(place, 'POST', `/${busyRepo}.git/info/lfs/objects/batch`, {
      type: 'application/vnd.git-lfs+json',
      body: JSON.stringify({ operation: 'upload', transfers: ['basic'], objects: [object] }),
    })
    if (batch?.status !== 200) return failed(place, `batch: ${batch?.status} ${batch?.text}`)
    const { upload } = JSON.parse(batch.text).objects[0].actions
    const headers = { ...upload.header, 'content-length': String(bytes.length) }
    const sent = await fetch(upload.href, { method: 'PUT', headers, body: bytes }).catch(() => undefined)
    if (sent?.status !== 200) return failed(place, `upload: ${sent?.status} ${await sent?.text().catch(() => '')}`)
    ledger.counts.upload++
    ledger.large.push({ repo: busyRepo, ...object })
  }
}

/** Creates repositories, and deletes every other one again. */
export async function keepCreating(place: Place, ledger: Ledger, prefix: string): Promise<void> {
  for (let serial = 0; !place.isKilled(); serial++) {
    const name = `${prefix}-${serial}`
    const made = await json(place, 'POST', '/api/repos/create', { name, organization: 'acme', type: 'model' })
    if (made?.status !== 200) return failed(place, `create: ${made?.status} ${made?.text}`)
    ledger.counts.create++
    if (serial % 2) {
      ledger.created.add(`acme/${name}`)
      continue
    }
    const gone = await json(place, 'DELETE', '/api/repos/delete', { name, organization: 'acme', type: 'model' })
    if (gone?.status !== 200) return failed(place, `delete: ${gone?.status} ${gone?.text}`)
    ledger.counts.delete++
    ledger.deleted.add(`acme/${name}`)
  }
}

function failed(place: Place, what: string): void {
  assert.ok(place.isKilled(), `failed on a hub that lives: ${what}`)
}

function json(place: Place, method: string, path: string, body: unknown) {
  return send(place, method, path, { type: 'application/json', body: JSON.stringify(body) })
}

/** A request in the name of the worker; undefined when no whole answer came. */
export async function send(
  { url, token }: Pick<Place, 'url' | 'token'>,
  method: string,
  path: string,
  { type, body }: { type?: string; body?: string | Readable } = {},
): Promise<{ status: number; text: string } | undefined> {
  const headers = { authorization: `Bearer ${token}`, ...(type && { 'content-type': type }) }
  const stream = typeof body === 'object' && {
    body: Readable.toWeb(body) as ReadableStream<Uint8Array>,
    duplex: 'half' as const,
  }
  try {
    const answer = await fetch(url + path, { method, headers, ...(typeof body === 'string' ? { body } : stream) })
    return { status: answer.status, text: await answer.text() }
  } catch {
    return undefined
  }
}

/** Runs git; throws unless it ends with one of these codes. */
export async function git(
  cwd: string,
  args: string[],
  accept: number[] = [0],
): Promise<{ code: number; text: string }> {
  const identity = { GIT_AUTHOR_NAME: 'ada', GIT_AUTHOR_EMAIL: 'ada@example.org' }
  const env = {
    ...{ PATH: process.env.PATH, HOME: cwd, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', ...identity },
    ...{ GIT_COMMITTER_NAME: 'ada', GIT_COMMITTER_EMAIL: 'ada@example.org' },
  }
  const child = spawn('git', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  child.stderr.on('data', (chunk) => (text += chunk))
  const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? -1)))
  assert.ok(accept.includes(code), `git ${args.join(' ')} ended with ${code}: ${text}`)
  return { code, text: text.trim() }
}
