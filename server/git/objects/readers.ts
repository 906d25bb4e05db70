import { LRUCache } from 'lru-cache'
import { openSlots } from '../../shares/slots.ts'
import { ownTurn } from '../../shares/turns.ts'
import { notWhileHeld } from '../../store/held.ts'
import type { GitPlace } from '../process/process.ts'
import { type GitObject, type ObjectInfo, type Question, type Reader, startReader } from './reader.ts'

export type { GitObject, ObjectInfo } from './reader.ts'

/** Processes that stay and answer what an object is: a question costs microseconds instead of a new process. */
export interface Readers {
  /** What the names mean, in their order; undefined where there is nothing, or more than one thing. */
  infos(repoId: string, names: readonly string[]): Promise<(ObjectInfo | undefined)[]>
  /** The content of objects known to be small, in their order; throws for one above {@link mostContentBytes}. */
  contents(repoId: string, objects: readonly ObjectInfo[]): Promise<(GitObject | undefined)[]>
  /** An object read shortly before, without asking; an object never changes under its id. */
  kept(repoId: string, oid: string): GitObject | undefined
  /** Ends what reads this repository, because it is being deleted. */
  forget(repoId: string): void
  /** Ends every process; what was asked is refused. */
  close(): void
}

/** No object above this many bytes is ever held in memory as a whole. */
export const mostContentBytes = 8 * 1024 * 1024

const mostProcesses = 32
const mostPerRepository = 2
const crowdedAt = 16
const idleMs = 30_000
// A process keeps the packs that it has opened; one that always has work would keep those long deleted.
const longestLifeMs = 600_000
const mostAttempts = 3
const mostNameBytes = 8192
const mostKeptBytes = 16 * 1024 * 1024
const mostKeptEach = 512 * 1024
// What an entry costs beside its content.
const entryBytes = 300

/** Opens the pool; no process is started before the first question. */
export function openReaders(host: GitPlace): Readers {
  const pool = new ReaderPool(host)
  const kept = new LRUCache<string, GitObject>({
    maxSize: mostKeptBytes,
    maxEntrySize: mostKeptEach,
    sizeCalculation: ({ size }) => size + entryBytes,
  })
  return {
    async infos(repoId, names) {
      const objects = await answers(pool, repoId, 'info', names)
      return objects.map((object) => object && { oid: object.oid, type: object.type, size: object.size })
    },
    async contents(repoId, objects) {
      if (objects.some((object) => object.size > mostContentBytes)) throw new Error('this object is too large to read')
      const oids = objects.map((object) => object.oid)
      const read = await answers(pool, repoId, 'contents', oids)
      for (const object of read) if (object) kept.set(`${repoId}:${object.oid}`, object)
      return read
    },
    kept: (repoId, oid) => kept.get(`${repoId}:${oid}`),
    forget: (repoId) => pool.forget(repoId),
    close: () => pool.close(),
  }
}

function answers(
  pool: ReaderPool,
  repoId: string,
  verb: Question['verb'],
  names: readonly string[],
): Promise<(GitObject | undefined)[]> {
  if (names.length === 0) return Promise.resolve([])
  notWhileHeld('a question to git')
  const questions: Question[] = []
  const objects = names.map(nameBytes).map((name) => {
    const { promise, resolve, reject } = Promise.withResolvers<GitObject | undefined>()
    questions.push({ verb, name, answer: resolve, refuse: reject, attempts: 0 })
    return promise
  })
  pool.ask(repoId, questions)
  return Promise.all(objects)
}

function nameBytes(name: string): Buffer {
  const bytes = Buffer.from(name)
  if (bytes.length > 0 && bytes.length <= mostNameBytes && !bytes.includes(0)) return bytes
  throw new Error('no object has such a name')
}

interface Entry {
  repoId: string
  reader: Reader
  usedAt: number
}

class ReaderPool {
  readonly #host: GitPlace
  readonly #entries = new Map<string, Entry[]>()
  /** Questions to repositories whose process is about to start. */
  readonly #starting = new Map<string, Question[]>()
  readonly #places = openSlots({ places: mostProcesses, share: { held: mostPerRepository } })
  #taken = 0
  #wanted = 0
  #closed = false
  #sweeping: NodeJS.Timeout | undefined

  constructor(host: GitPlace) {
    this.#host = host
  }

  ask(repoId: string, questions: readonly Question[]): void {
    const waiting = this.#starting.get(repoId)
    const entry = waiting ? undefined : this.#current(repoId)
    if (waiting) waiting.push(...questions)
    else if (entry) put(entry, questions)
    else this.#start(repoId, [...questions])
  }

  forget(repoId: string): void {
    const entries = this.#entries.get(repoId) ?? []
    this.#entries.delete(repoId)
    for (const entry of entries) entry.reader.kill()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#sweeping)
    for (const repoId of [...this.#entries.keys()]) this.forget(repoId)
  }

  /** The process to ask; undefined when the repository needs one, or another one. */
  #current(repoId: string): Entry | undefined {
    const born = performance.now() - longestLifeMs
    for (const entry of this.#entries.get(repoId) ?? []) if (entry.reader.startedAt < born) this.#retire(entry)
    const entries = this.#entries.get(repoId) ?? []
    const [one, other] = entries
    const freer = one && other && other.reader.waiting() < one.reader.waiting() ? other : one
    const crowded = freer !== undefined && freer.reader.waiting() >= crowdedAt
    return crowded && entries.length < mostPerRepository && this.#taken < mostProcesses ? undefined : freer
  }

  async #enter(repoId: string): Promise<() => void> {
    if (this.#taken + this.#wanted >= mostProcesses) this.#retireIdlest()
    this.#wanted++
    try {
      const leave = await this.#places.enter({ id: repoId, isAnonymous: false })
      await ownTurn()
      return leave
    } finally {
      this.#wanted--
    }
  }

  #start(repoId: string, waiting: Question[]): void {
    this.#starting.set(repoId, waiting)
    this.#enter(repoId)
      .then((leave) => {
        this.#starting.delete(repoId)
        if (!this.#closed) return put(this.#open(repoId, leave), waiting)
        leave()
        throw new Error('the readers are closed')
      })
      .catch((error: Error) => {
        this.#starting.delete(repoId)
        for (const question of waiting) question.refuse(error)
      })
  }

  #open(repoId: string, leave: () => void): Entry {
    this.#taken++
    const reader = startReader(this.#host, repoId, {
      idle: () => {
        entry.usedAt = performance.now()
        // Someone waits for a place: what has nothing to do gives up its own.
        if (this.#wanted > 0) this.#retire(entry)
      },
      ended: (unreached) => {
        this.#taken--
        this.#withdraw(entry)
        leave()
        for (const question of unreached) this.#askAgain(repoId, question)
      },
    })
    const entry: Entry = { repoId, reader, usedAt: performance.now() }
    this.#entries.set(repoId, [...(this.#entries.get(repoId) ?? []), entry])
    this.#sweeping ??= setInterval(() => this.#sweep(), idleMs / 2).unref()
    return entry
  }

  #askAgain(repoId: string, question: Question): void {
    question.attempts++
    if (!this.#closed && question.attempts < mostAttempts) this.ask(repoId, [question])
    else question.refuse(new Error('git ended while it read objects'))
  }

  #withdraw(entry: Entry): void {
    const left = (this.#entries.get(entry.repoId) ?? []).filter((other) => other !== entry)
    if (left.length > 0) this.#entries.set(entry.repoId, left)
    else this.#entries.delete(entry.repoId)
  }

  #retire(entry: Entry): void {
    this.#withdraw(entry)
    entry.reader.retire()
  }

  #idle(): Entry[] {
    return [...this.#entries.values()].flat().filter((entry) => entry.reader.waiting() === 0)
  }

  #retireIdlest(): void {
    const [idlest] = this.#idle().sort((one, other) => one.usedAt - other.usedAt)
    if (idlest) this.#retire(idlest)
  }

  #sweep(): void {
    const before = performance.now() - idleMs
    for (const entry of this.#idle()) if (entry.usedAt < before) this.#retire(entry)
    if (this.#taken > 0) return
    clearInterval(this.#sweeping)
    this.#sweeping = undefined
  }
}

function put(entry: Entry, questions: readonly Question[]): void {
  entry.usedAt = performance.now()
  for (const question of questions) entry.reader.ask(question)
}
