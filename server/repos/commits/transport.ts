import type { ChildProcess } from 'node:child_process'
import { Readable } from 'node:stream'
import type * as api from '../../../api/index.ts'
import type { InputOf, RawReply, RawRequest } from '../../../api/index.ts'
import { authorize } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { requireFolder } from '../../git/process/folder.ts'
import { dropOutput, endProcess, errorTextOf, hangUp, keepOutput, spawnGit } from '../../git/process/process.ts'
import { spilled } from '../../git/process/spill.ts'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import type { Db } from '../../store/database.ts'
import type { Downloads } from '../gates/downloads.ts'
import { allowanceOf, storageOwnerOf } from '../storage/limit.ts'
import { answerPush } from './push.ts'
import { type Arrived, fetchRequest, pushRequest } from './transport-request.ts'

type Git = typeof api.git
type Service = 'upload-pack' | 'receive-pack'

// A push that only deletes, or takes files away, is small
const slackBytes = 16 * 1024 * 1024
const transferSeconds = 4 * 3600
const advertiseSeconds = 120

// git says something every five seconds while it works; one that says and hears nothing for so long is stuck.
const longestStillMs = 300_000

const neverKept = { 'Cache-Control': 'no-cache, max-age=0, must-revalidate', Expires: 'Fri, 01 Jan 1980 00:00:00 GMT' }

/** Tells git the references: the first request of every fetch and push. */
export async function infoRefs(
  db: Db,
  permit: Permit<'repo.read'>,
  input: InputOf<Git['infoRefs']>,
  git: GitHost,
): Promise<RawReply> {
  const service = serviceOf(input.service)
  if (service === 'receive-pack') await authorize(db, permit, 'repo.write', { repoId: permit.repo.id })
  const protocol = service === 'upload-pack' ? protocolOf(input.raw) : undefined
  await requireFolder(git, permit.repo.id)
  const leave = await git.transfers.enter()
  const args = [service, '--stateless-rpc', '--http-backend-info-refs', '.']
  const child = spawnGit(git, permit.repo.id, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: protocol === undefined ? {} : { GIT_PROTOCOL: protocol },
    timeLimitSeconds: advertiseSeconds,
  })
  // gitprotocol-http: protocol 2 leaves the first line out
  const head = protocol?.includes('version=2') ? '' : packetLine(`# service=git-${service}\n`) + flush
  const stop = () => endProcess(child)
  const body = answerOf(git, child, { leave, signal: input.raw.signal, stop, head })
  return { status: 200, headers: { ...neverKept, 'Content-Type': `application/x-git-${service}-advertisement` }, body }
}

const flush = '0000'

function packetLine(text: string): string {
  return (text.length + 4).toString(16).padStart(4, '0') + text
}

function serviceOf(service: string | undefined): Service {
  if (service === 'git-upload-pack') return 'upload-pack'
  if (service === 'git-receive-pack') return 'receive-pack'
  throw new HubError(
    'Forbidden',
    'service: Only the smart HTTP protocol is supported (git-upload-pack and git-receive-pack).',
  )
}

// gitprotocol-v2: what else the header may say is a list of key=value pairs.
function protocolOf({ headers }: RawRequest): string | undefined {
  const asked = headers['git-protocol']
  return typeof asked === 'string' && /^[a-z0-9=:.-]{1,100}$/.test(asked) ? asked : undefined
}

/** Answers a fetch; the process ends when the caller is gone. */
export async function uploadPack(
  _db: Db,
  permit: Permit<'repo.read'>,
  { raw }: InputOf<Git['uploadPack']>,
  { git, downloads }: { git: GitHost; downloads: Downloads },
): Promise<RawReply> {
  requireType(raw, 'application/x-git-upload-pack-request')
  const protocol = protocolOf(raw)
  await requireFolder(git, permit.repo.id)
  const request = await fetchRequest(raw, git.requests)
  downloads.note(permit, { via: 'git' })
  const leave = await placeFor(git, request)
  const args = ['upload-pack', '--stateless-rpc', '--strict', '.']
  const child = spawnGit(git, permit.repo.id, args, {
    env: protocol === undefined ? {} : { GIT_PROTOCOL: protocol },
    timeLimitSeconds: transferSeconds,
  })
  const stop = () => endProcess(child)
  feed(child, request, stop)
  const body = answerOf(git, child, { leave, signal: raw.signal, stop })
  return { status: 200, headers: { ...neverKept, 'Content-Type': 'application/x-git-upload-pack-result' }, body }
}

/** Takes a push, streamed both ways. Its hooks ask the hub, which moves the references. */
export async function receivePack(
  db: Db,
  permit: Permit<'repo.write'>,
  { raw }: InputOf<Git['receivePack']>,
  git: GitHost,
): Promise<RawReply> {
  requireType(raw, 'application/x-git-receive-pack-request')
  if (raw.headers['content-length'] === String(flush.length)) return probed(raw)
  await git.reserve.ask(git.folder, Number(raw.headers['content-length'] ?? 0))
  await requireFolder(git, permit.repo.id)
  const request = await pushRequest(raw, git.requests)
  const leave = await placeFor(git, request)
  // git sends what is large in pieces, without a length: kept as the pack it is, not compressed once more object by object
  const asPack = raw.headers['content-length'] === undefined ? ['-c', 'receive.unpackLimit=1'] : []
  const args = [...asPack, ...(await mostOf(db, git, permit)), 'receive-pack', '--stateless-rpc', '.']
  const child = spawnGit(git, permit.repo.id, args, {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    timeLimitSeconds: transferSeconds,
  })
  const ended = answerPush(db, git, permit, child)
  const stop = () => hangUp(child)
  feed(child, request, stop)
  if (request.rest) keepReserve(git, child, request.rest)
  // The client hears the end only when the hub knows of it too
  const body = answerOf(git, child, { leave, signal: raw.signal, stop, input: request.rest, until: ended })
  return { status: 200, headers: { ...neverKept, 'Content-Type': 'application/x-git-receive-pack-result' }, body }
}

// What is a little too much is refused once it is there, in words; what is much too much is not taken to its end.
async function mostOf(db: Db, git: GitHost, permit: Permit<'repo.write'>): Promise<string[]> {
  const { left } = await allowanceOf(db, storageOwnerOf(permit))
  if (left === undefined || left + slackBytes >= git.maxPushBytes) return []
  return ['-c', `receive.maxInputSize=${left + slackBytes}`]
}

async function placeFor(git: GitHost, request: Arrived): Promise<() => void> {
  try {
    return await git.transfers.enter()
  } catch (error) {
    request.release()
    throw error
  }
}

// Before git sends much it sends the end of an empty request, to see whether it may; git itself answers with nothing.
async function probed(raw: RawRequest): Promise<RawReply> {
  let text = ''
  for await (const chunk of raw.body as Readable) text += String(chunk)
  if (text !== flush) throw new HubError('BadRequest', 'Not a valid Git request.')
  return { status: 200, headers: { ...neverKept, 'Content-Type': 'application/x-git-receive-pack-result' }, body: '' }
}

function requireType({ headers }: RawRequest, type: string): void {
  if (headers['content-type'] === type) return
  throw new HubError('UnsupportedMediaType', `Send the body as Content-Type: ${type}.`)
}

function feed(child: ChildProcess, { first, rest, release }: Arrived, stop: () => void): void {
  const { stdin } = child
  if (stdin === null) throw new Error('git needs its input')
  child.once('close', release)
  child.once('error', release)
  if (rest === undefined) return void stdin.end(first)
  // Half a request is none: a pack without its end is no pack to git
  rest.on('error', stop)
  rest.on('aborted', stop)
  stdin.write(first)
  rest.pipe(stdin)
}

// git refuses a pack that ends too early, with an answer that tells the client. The rest is dropped: a client hears once
// it has sent everything.
function keepReserve(git: GitHost, { stdin }: ChildProcess, rest: Readable): void {
  rest.on('data', (chunk: Buffer) => {
    git.reserve.ask(git.folder, chunk.length).catch(() => {
      if (stdin) rest.unpipe(stdin)
      stdin?.end()
      rest.resume()
    })
  })
}

interface Answering {
  leave: () => void
  signal: AbortSignal
  stop: () => void
  /** What is sent before git says anything. */
  head?: string
  /** What still comes of the request, where anything does. */
  input?: Readable | undefined
  /** The answer ends with this too. */
  until?: Promise<void>
}

// What the process says, as the body of the answer; when the caller goes, the process goes. The place is free once it ends.
function answerOf(git: GitHost, child: ChildProcess, answering: Answering): Readable {
  const { leave, signal, stop, head = '', input, until } = answering
  keepOutput(child)
  const still = setTimeout(() => body.destroy(), longestStillMs)
  const moving = () => void still.refresh()
  const body = Readable.from(wholeAnswer(head, spilled(saidBy(child, moving), git.answers), until), {
    objectMode: false,
  })
  input?.on('data', moving)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  body.once('close', stop)
  child.once('error', (error) => body.destroy(error))
  void errorTextOf(child).then(
    (text) => text !== '' && log.debug({ command: child.spawnargs.slice(5).join(' '), text }, 'git said'),
  )
  const over = () => {
    clearTimeout(still)
    leave()
  }
  child.once('close', over)
  child.once('error', over)
  return body
}

async function* wholeAnswer(
  head: string,
  chunks: AsyncIterable<Buffer>,
  until: Promise<void> | undefined,
): AsyncGenerator<Buffer> {
  if (head !== '') yield Buffer.from(head)
  yield* chunks
  await until
}

// Taken to the end even when no one listens any more: ended by a closed pipe, git leaves its work behind.
async function* saidBy(child: ChildProcess, moving: () => void): AsyncGenerator<Buffer> {
  const { stdout } = child
  if (stdout === null) throw new Error('git needs its output')
  try {
    for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
      moving()
      yield chunk as Buffer
    }
  } finally {
    dropOutput(child)
  }
}
