import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { folderIsMissing, repositoryFolder } from '../process/folder.ts'
import { endProcess, type GitPlace, spawnGit } from '../process/process.ts'

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface ObjectInfo {
  oid: string
  type: ObjectType
  size: number
}

export interface GitObject extends ObjectInfo {
  content: Buffer
}

/** What a reader is asked: what an object is, or its content too. */
export interface Question {
  verb: 'info' | 'contents'
  name: Buffer
  answer: (object: GitObject | undefined) => void
  refuse: (error: Error) => void
  /** How often it was asked before the process ended under it. */
  attempts: number
}

/** One long-lived `git cat-file`: many questions in one write, the answers in their order. */
export interface Reader {
  readonly startedAt: number
  /** Questions without an answer yet. */
  waiting(): number
  ask(question: Question): void
  /** Lets it answer what it was asked, then end. */
  retire(): void
  kill(): void
}

export interface ReaderEvents {
  /** Nothing is left to answer. */
  idle: () => void
  /** The process is gone; these questions were not reached and may be asked again. */
  ended: (unreached: Question[]) => void
}

const longestLifeSeconds = 3600
const nothing = Buffer.alloc(0)
const noContent = ['missing', 'ambiguous'].map((word) => Buffer.from(` ${word}\n`))

/** Starts a reader; the process ends with `retire`, `kill`, or by an object that it cannot read. */
export function startReader(host: GitPlace, repoId: string, events: ReaderEvents): Reader {
  // Input ends with NUL: no name can bring a command of its own. Buffered: answers of one write come in one read.
  const child = spawnGit(host, repoId, ['cat-file', '--batch-command', '-z', '--buffer'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeLimitSeconds: longestLifeSeconds,
  })
  const asked: Question[] = []
  let unsent: Question[] = []

  function send(): void {
    const commands = unsent.flatMap((question) => [Buffer.from(`${question.verb} `), question.name, Buffer.of(0)])
    unsent = []
    child.stdin?.write(Buffer.concat([...commands, Buffer.from('flush\0')]))
  }

  const parse = answerParser(
    () => asked[0],
    (object) => {
      asked.shift()?.answer(object)
      if (asked.length === 0) events.idle()
    },
  )
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!parse(chunk)) endProcess(child)
  })
  onEnd(child, () => events.ended(afterTheEnd(asked.splice(0), host, repoId)))

  return {
    startedAt: performance.now(),
    waiting: () => asked.length,
    ask(question) {
      asked.push(question)
      unsent.push(question)
      // Everything asked in this turn of the event loop goes in one write.
      if (unsent.length === 1) setImmediate(send)
    },
    retire() {
      setImmediate(() => child.stdin?.end())
    },
    kill: () => endProcess(child),
  }
}

function onEnd(child: ChildProcess, done: () => void): void {
  let ended = false
  const once = () => {
    if (ended) return
    ended = true
    done()
  }
  child.once('error', once)
  child.once('close', once)
}

// The first unanswered question is the one that ended the process; those after it had no part in that.
function afterTheEnd(asked: Question[], host: Pick<GitPlace, 'folder'>, repoId: string): Question[] {
  if (asked.length > 0 && !existsSync(repositoryFolder(host, repoId))) {
    const error = folderIsMissing(repoId)
    for (const question of asked) question.refuse(error)
    return []
  }
  asked.shift()?.refuse(new Error('git ended while it read an object'))
  return asked
}

/** Takes what git writes, piece by piece; false when it is no answer to what was asked. */
function answerParser(
  first: () => Question | undefined,
  answer: (object: GitObject | undefined) => void,
): (chunk: Buffer) => boolean {
  let rest: Buffer = nothing
  let body: { info: ObjectInfo; chunks: Buffer[]; missing: number } | undefined

  function takeBody(open: NonNullable<typeof body>): void {
    const piece = rest.subarray(0, open.missing)
    rest = rest.subarray(piece.length)
    open.chunks.push(piece)
    open.missing -= piece.length
    if (open.missing > 0) return
    body = undefined
    answer({ ...open.info, content: Buffer.concat(open.chunks, open.info.size) })
  }

  function takeHeader(question: Question): 'more' | 'taken' | 'wrong' {
    const header = headerOf(rest, question.name)
    if (header === 'more' || header === 'wrong') return header
    rest = rest.subarray(header.length)
    if (!header.info) answer(undefined)
    else if (question.verb === 'info') answer({ ...header.info, content: nothing })
    else body = { info: header.info, chunks: [], missing: header.info.size + 1 }
    return 'taken'
  }

  function takeSome(): 'more' | 'taken' | 'wrong' {
    const question = first()
    if (!question) return 'wrong'
    if (!body) return takeHeader(question)
    takeBody(body)
    return 'taken'
  }

  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let taken: ReturnType<typeof takeSome> = 'taken'
    while (rest.length > 0 && taken === 'taken') taken = takeSome()
    return taken !== 'wrong'
  }
}

// `<oid> <type> <size>`, or the name as it was asked and why there is nothing; such a name may hold line ends.
function headerOf(rest: Buffer, name: Buffer): { length: number; info: ObjectInfo | undefined } | 'more' | 'wrong' {
  const common = Math.min(rest.length, name.length)
  if (rest.compare(name, 0, common, 0, common) === 0) {
    const after = rest.subarray(name.length)
    for (const word of noContent) {
      const some = Math.min(after.length, word.length)
      if (after.compare(word, 0, some, 0, some) !== 0) continue
      return some < word.length ? 'more' : { length: name.length + word.length, info: undefined }
    }
  }
  const end = rest.indexOf(10)
  if (end < 0) return rest.length > 100 ? 'wrong' : 'more'
  const [, oid, type, size] =
    /^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)$/.exec(rest.toString('latin1', 0, end)) ?? []
  if (!oid || !type || !size) return 'wrong'
  return { length: end + 1, info: { oid, type: type as ObjectType, size: Number(size) } }
}
