import { piecesOf } from '../process/pieces.ts'
import { endProcess, failure, type GitPlace, type GitRun, outcomeOf, spawnGit } from '../process/process.ts'

/** What an object is; undefined when there is none of this name. */
export type Found = { type: string; size: number } | undefined

/** One process that answers about many objects, for a place that the readers do not know: the quarantine of a push. */
export interface Batch {
  /** What the names are, in their order. */
  infos(names: readonly string[]): Promise<Found[]>
  /** The contents of objects, in their order, one in memory at a time; undefined where there is none. */
  contents(names: readonly string[]): AsyncIterable<Buffer | undefined>
  end(): void
}

/** Starts the process. Names must not hold line ends. */
export function openBatch(host: GitPlace, repoId: string, run: GitRun): Batch {
  const args = ['cat-file', '--batch-command', '--buffer']
  const child = spawnGit(host, repoId, args, run)
  const ended = outcomeOf(child)
  if (!child.stdout) throw new Error('answers need a pipe')
  const answers = piecesOf(child.stdout, async () => {
    const [errorText, exitCode] = await ended
    return failure(args, exitCode, errorText)
  })
  const ask = (verb: string, names: readonly string[]) =>
    child.stdin?.write(`${names.map((name) => `${verb} ${name}\n`).join('')}flush\n`)

  return {
    async infos(names) {
      ask('info', names)
      const found: Found[] = []
      for (const _ of names) found.push(header(await answers.line()))
      return found
    },
    async *contents(names) {
      ask('contents', names)
      for (const _ of names) {
        const found = header(await answers.line())
        yield found && (await answers.bytes(found.size + 1)).subarray(0, found.size)
      }
    },
    end: () => endProcess(child),
  }
}

function header(line: string): Found {
  const [, type, size] = /^[0-9a-f]{40} (commit|tree|blob|tag) (\d+)$/.exec(line) ?? []
  return type === undefined ? undefined : { type, size: Number(size) }
}
