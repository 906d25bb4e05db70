import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { log } from '../../kernel/log.ts'
import { type Pieces, piecesOf } from '../process/pieces.ts'
import { exitOf } from '../process/process.ts'
import type { RefUpdate } from './references.ts'

/** What a push is about to move; its objects are still apart, in the folder that git calls quarantine. */
export interface ArrivedPush {
  quarantine: string
  updates: RefUpdate[]
}

/** What is said about a push that arrived. */
export interface Judgement {
  /** Why nothing of it may come in. */
  refusal: string[] | undefined
  /** References that stay as they are while the others move, and why. */
  declined: ReadonlyMap<string, string>
}

/** Decides about one push. Both answer lines for the person who pushes, or undefined when they have nothing against it. */
export interface PushJudge {
  /** Looks at what arrived. Refused, nothing of it gets into the repository. */
  inspect(push: ArrivedPush): Promise<Judgement>
  /** Moves the references: git itself moves none. */
  move(updates: RefUpdate[]): Promise<string[] | undefined>
  /** Hears that git left a hook out, so that the push is refused. */
  unguarded(): void
}

const nothing = '0'.repeat(40)
const flush = '0000'
const notAlone = ['the push is atomic, and another reference was declined']
const unguarded = [
  'The server could not check this push, so nothing was updated.',
  'A site admin can find the reason with: guildhall doctor',
]

/**
 * Answers the hooks of a push, and resolves when git has ended and the hub knows what moved. Never rejects. A hook that
 * git leaves out stops the push: references move only after both have asked, first pre-receive, then proc-receive.
 */
export async function guardPush(child: ChildProcess, judge: PushJudge): Promise<void> {
  const ended = exitOf(child).catch(() => null)
  const channel = child.stdio[3] as Duplex | null | undefined
  if (!channel) throw new Error('the hooks need their channel')
  channel.on('error', () => undefined)
  child.once('exit', () => channel.destroy())
  const hooks = piecesOf(channel, () => new Error('the hook has ended'))
  await converse(hooks, channel, judge).catch((error) =>
    log.debug({ err: error }, 'a push ended before it was decided'),
  )
  await ended
}

async function converse(hooks: Pieces, channel: Duplex, judge: PushJudge): Promise<void> {
  const first = await hooks.line()
  if (first === 'proc-receive') {
    judge.unguarded()
    return report(channel, (await commandsOf(hooks)).updates, unguarded)
  }
  const push = await questionOf(hooks)
  const { refusal, declined } = await judge.inspect(push)
  if (refusal !== undefined) return void channel.end(`${linesOf(refusal)}no\n`)
  channel.write('ok\n')
  if ((await hooks.line()) !== 'proc-receive') throw new Error('no answer that a hook gives')
  const { updates, isAtomic } = await commandsOf(hooks)
  const inspected = new Set(push.updates.map(nameOf))
  if (!updates.every((update) => inspected.has(nameOf(update)))) return report(channel, updates, unguarded)
  const taken = updates.filter(({ ref }) => !declined.has(ref))
  const isSplit = isAtomic && taken.length < updates.length
  report(channel, updates, isSplit ? notAlone : await judge.move(taken), declined)
}

// The folder of what has arrived, a line for each reference, and an empty line.
async function questionOf(hooks: Pieces): Promise<ArrivedPush> {
  const quarantine = await hooks.line()
  const updates: RefUpdate[] = []
  for (let line = await hooks.line(); line !== ''; line = await hooks.line()) {
    updates.push(updateIn(line))
  }
  return { quarantine, updates }
}

// githooks(5): the version and what git can do, up to a flush; then a packet for each reference, up to another.
async function commandsOf(hooks: Pieces): Promise<{ updates: RefUpdate[]; isAtomic: boolean }> {
  let isAtomic = false
  for (let packet = await packetOf(hooks); packet !== undefined; packet = await packetOf(hooks)) {
    isAtomic ||= /^version=[^\0]*\0(?:.* )?atomic(?: |$)/s.test(packet.trimEnd())
  }
  const updates: RefUpdate[] = []
  for (let packet = await packetOf(hooks); packet !== undefined; packet = await packetOf(hooks)) {
    updates.push(updateIn(packet.replace(/\n$/, '')))
  }
  return { updates, isAtomic }
}

async function packetOf(hooks: Pieces): Promise<string | undefined> {
  const length = Number.parseInt((await hooks.bytes(4)).toString('latin1'), 16)
  if (length === 0) return undefined
  if (!(length >= 4)) throw new Error('no packet of git')
  return (await hooks.bytes(length - 4)).toString('latin1')
}

function updateIn(line: string): RefUpdate {
  const oid = (text: string) => (text === nothing ? null : text)
  const ref = Buffer.from(line.slice(82), 'latin1').toString()
  return { ref, from: oid(line.slice(0, 40)), to: oid(line.slice(41, 81)) }
}

function nameOf({ ref, from, to }: RefUpdate): string {
  return `${from} ${to} ${ref}`
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `:${line}\n`).join('')
}

function report(
  channel: Duplex,
  updates: readonly RefUpdate[],
  refusal: readonly string[] | undefined,
  declined: ReadonlyMap<string, string> = new Map(),
): void {
  const reasonOf = (ref: string) => declined.get(ref) ?? (refusal && (refusal[0] ?? 'refused'))
  const packets = updates.map(({ ref }) => {
    const reason = reasonOf(ref)
    return packet(reason === undefined ? `ok ${ref}` : `ng ${ref} ${reason}`)
  })
  channel.end(`${linesOf(refusal ?? [])}report\n${packets.join('')}${flush}`)
}

function packet(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text
}
