import { HubError } from '../kernel/errors.ts'
import type { GitHost } from './host.ts'
import { type GitObject, type ObjectInfo, type Question, type Reader, startReader } from './reader.ts'

export type { GitObject, ObjectInfo, ObjectType } from './reader.ts'

/** Processes that stay and answer what an object is: a question costs microseconds instead of a new process. */
export interface Readers {
  /** What the names mean, in their order; undefined where there is nothing, or more than one thing. */
  infos(repoId: string, names: readonly string[]): Promise<(ObjectInfo | undefined)[]>
  /** The content of objects known to be small, in their order; throws for one above {@link mostContentBytes}. */
  contents(repoId: string, objects: readonly ObjectInfo[]): Promise<(GitObject | undefined)[]>
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
const longestWaitMs = 20_000
const mostAttempts = 3
const mostNameBytes = 8192

interface Entry {
  repoId: string
  reader: Reader
  usedAt: number
}

interface Waiter {
  start: () => void
  refuse: (error: Error) => void
}

/** Opens the pool; no process is started before the first question. */
export function openReaders(host: Pick<GitHost, 'folder' | 'configFile'>): Readers {
  const byRepository = new Map<string, Entry[]>()
  const waiters: Waiter[] = []
  let processes = 0
  let closed = false
  let sweeping: NodeJS.Timeout | undefined

  function withdraw(entry: Entry): void {
    const left = (byRepository.get(entry.repoId) ?? []).filter((other) => other !== entry)
    if (left.length > 0) byRepository.set(entry.repoId, left)
    else byRepository.delete(entry.repoId)
  }

  function retire(entry: Entry): void {
    withdraw(entry)
    entry.reader.retire()
  }

  function idlest(): Entry | undefined {
    const idle = [...byRepository.values()].flat().filter((entry) => entry.reader.waiting() === 0)
    return idle.toSorted((one, other) => one.usedAt - other.usedAt)[0]
  }

  function sweep(): void {
    const before = performance.now() - idleMs
    for (const entry of [...byRepository.values()].flat()) {
      if (entry.reader.waiting() === 0 && entry.usedAt < before) retire(entry)
    }
    if (processes > 0 || byRepository.size > 0) return
    clearInterval(sweeping)
    sweeping = undefined
  }

  async function place(): Promise<void> {
    if (closed) throw new Error('the readers are closed')
    if (processes < mostProcesses) {
      processes++
      return
    }
    const idle = idlest()
    if (idle) retire(idle)
    await new Promise<void>((resolve, reject) => {
      const waiter = { start: done(resolve), refuse: done(reject) }
      const timer = setTimeout(() => waiter.refuse(busy()), longestWaitMs)
      function done<T extends unknown[]>(end: (...args: T) => void): (...args: T) => void {
        return (...args) => {
          clearTimeout(timer)
          const index = waiters.indexOf(waiter)
          if (index >= 0) waiters.splice(index, 1)
          end(...args)
        }
      }
      waiters.push(waiter)
    })
  }

  function open(repoId: string): Entry {
    const reader = startReader(host, repoId, {
      idle() {
        entry.usedAt = performance.now()
        // Somebody waits for a place: what has just nothing to do gives up its own.
        if (waiters.length > 0 && byRepository.get(repoId)?.includes(entry)) retire(entry)
      },
      ended(unreached) {
        withdraw(entry)
        for (const question of unreached) again(repoId, question)
        const next = waiters[0]
        if (next) next.start()
        else processes--
      },
    })
    const entry: Entry = { repoId, reader, usedAt: performance.now() }
    byRepository.set(repoId, [...(byRepository.get(repoId) ?? []), entry])
    sweeping ??= setInterval(sweep, idleMs / 2).unref()
    return entry
  }

  function again(repoId: string, question: Question): void {
    question.attempts++
    if (closed || question.attempts >= mostAttempts)
      return question.refuse(new Error('git ended while it read objects'))
    ask(repoId, [question])
  }

  function current(repoId: string): Entry | undefined {
    const born = performance.now() - longestLifeMs
    for (const entry of byRepository.get(repoId) ?? []) if (entry.reader.startedAt < born) retire(entry)
    const entries = byRepository.get(repoId) ?? []
    const [one, other] = entries
    const freer = one && other && other.reader.waiting() < one.reader.waiting() ? other : one
    const crowded = freer !== undefined && freer.reader.waiting() >= crowdedAt
    return crowded && entries.length < mostPerRepository && processes < mostProcesses ? undefined : freer
  }

  function ask(repoId: string, questions: readonly Question[]): void {
    const entry = current(repoId)
    if (entry) return put(entry, questions)
    if (processes < mostProcesses && !closed) {
      processes++
      return put(open(repoId), questions)
    }
    place()
      .then(() => put(taken(repoId), questions))
      .catch((error: Error) => {
        for (const question of questions) question.refuse(error)
      })
  }

  // While it waited for a place another question may have opened the repository.
  function taken(repoId: string): Entry {
    const entry = current(repoId)
    if (!entry) return open(repoId)
    const next = waiters[0]
    if (next) next.start()
    else processes--
    return entry
  }

  function put(entry: Entry, questions: readonly Question[]): void {
    entry.usedAt = performance.now()
    for (const question of questions) entry.reader.ask(question)
  }

  function answers(
    repoId: string,
    verb: Question['verb'],
    names: readonly string[],
  ): Promise<(GitObject | undefined)[]> {
    const buffers = names.map(nameBytes)
    const promises = buffers.map((name) => {
      const { promise, resolve, reject } = Promise.withResolvers<GitObject | undefined>()
      return { promise, question: { verb, name, answer: resolve, refuse: reject, attempts: 0 } }
    })
    if (promises.length > 0)
      ask(
        repoId,
        promises.map((one) => one.question),
      )
    return Promise.all(promises.map((one) => one.promise))
  }

  return {
    async infos(repoId, names) {
      const objects = await answers(repoId, 'info', names)
      return objects.map((object) => object && { oid: object.oid, type: object.type, size: object.size })
    },
    async contents(repoId, objects) {
      if (objects.some((object) => object.size > mostContentBytes)) throw new Error('this object is too large to read')
      return answers(
        repoId,
        'contents',
        objects.map((object) => object.oid),
      )
    },
    forget(repoId) {
      const entries = byRepository.get(repoId) ?? []
      byRepository.delete(repoId)
      for (const entry of entries) entry.reader.kill()
    },
    close() {
      closed = true
      clearInterval(sweeping)
      for (const waiter of waiters.slice()) waiter.refuse(new Error('the readers are closed'))
      for (const entry of [...byRepository.values()].flat()) entry.reader.kill()
      byRepository.clear()
    },
  }
}

function nameBytes(name: string): Buffer {
  const bytes = Buffer.from(name)
  if (bytes.length === 0 || bytes.length > mostNameBytes || bytes.includes(0)) {
    throw new Error('no object has such a name')
  }
  return bytes
}

function busy(): HubError {
  return new HubError('Unavailable', 'The hub is busy with other repositories; try again shortly.', {
    headers: { 'Retry-After': '5' },
  })
}
