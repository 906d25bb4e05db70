import type { Slots } from '../../shares/slots.ts'
import type { GitHost } from '../host.ts'
import { requireFolder } from './folder.ts'
import { endProcess, errorTextOf, exitOf, failure, type GitRun, spawnGit } from './process.ts'

const longestStallMs = 60_000

/** How a command is started whose answer is long. */
export interface StreamRun extends GitRun {
  /** Whose places it takes; those for short work unless said. */
  places?: Slots
}

/** What a git command writes, piece by piece; the process ends when no one wants the rest. */
export async function* streamGit(
  host: GitHost,
  repoId: string,
  args: readonly string[],
  run: StreamRun = {},
): AsyncGenerator<Buffer> {
  await requireFolder(host, repoId)
  const leave = await (run.places ?? host.work).enter()
  const child = spawnGit(host, repoId, args, run)
  try {
    child.stdin?.end()
    const ended = Promise.all([errorTextOf(child), exitOf(child)])
    ended.catch(() => undefined)
    for await (const chunk of child.stdout ?? []) {
      // Who takes nothing for so long gives up the place that others wait for.
      const stalled = setTimeout(() => endProcess(child), longestStallMs)
      try {
        yield chunk as Buffer
      } finally {
        clearTimeout(stalled)
      }
    }
    const [errorText, exitCode] = await ended
    if (exitCode !== 0) throw failure(args, exitCode, errorText)
  } finally {
    endProcess(child)
    leave()
  }
}

/** The same, cut at a byte that separates records; the last record may end without one. */
export async function* recordsOf(chunks: AsyncIterable<Buffer>, separator: number): AsyncGenerator<Buffer> {
  let open: Buffer[] = []
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(separator); end >= 0; end = chunk.indexOf(separator, from)) {
      yield Buffer.concat([...open, chunk.subarray(from, end)])
      open = []
      from = end + 1
    }
    if (from < chunk.length) open.push(chunk.subarray(from))
  }
  if (open.length > 0) yield Buffer.concat(open)
}
