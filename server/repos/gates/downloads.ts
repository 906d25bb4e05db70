import { createHash } from 'node:crypto'
import type { Permit } from '../../access/permit.ts'
import { dayOf, now } from '../../kernel/clock.ts'
import { log } from '../../kernel/log.ts'
import type { Db } from '../../store/database.ts'
import { type Download, type Via, writeDownloads } from './downloads-store.ts'

/** What is taken: a file of a revision, an object of Git LFS, or what git fetches. */
interface Taken {
  via: Via
  path?: string
  revision?: string
}

/** Notes who takes what from gated repositories, at next to no cost for the request. */
export interface Downloads {
  /** Notes that the caller gets something, if the repository is gated. */
  note(permit: Permit<'repo.read'>, taken: Taken): void
  /** Writes down what was noted. */
  flush(): Promise<void>
}

const writeEveryMs = 5000
const mostWaiting = 20_000

/**
 * Starts noting. Requests for the same thing are counted in memory, and written together every few seconds: a file that comes
 * in a thousand ranges is one row. What cannot be written is tried again with the next ones.
 */
export function openDownloads(db: Db): Downloads {
  let waiting = new Map<string, Download>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function note(permit: Permit<'repo.read'>, taken: Taken): void {
    const { actor, repo } = permit
    if (actor === undefined || repo.gate === undefined || permit.action !== 'repo.read') return
    const download = downloadOf(repo.id, actor.id, taken)
    add(waiting, download)
    if (waiting.size >= mostWaiting) void flush()
    timer ??= setTimeout(flush, writeEveryMs).unref()
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  async function write(): Promise<void> {
    const downloads = waiting
    waiting = new Map()
    if (downloads.size === 0) return
    try {
      await writeDownloads(db, [...downloads.values()])
    } catch (error) {
      log.warn({ err: error }, 'could not record downloads of gated repositories')
      for (const download of downloads.values()) if (waiting.size < mostWaiting) add(waiting, download)
      timer ??= setTimeout(flush, writeEveryMs).unref()
    }
  }

  return { note, flush }
}

function downloadOf(repoId: string, userId: string, { via, path, revision }: Taken): Download {
  const at = now()
  const about = [repoId, userId, via, path ?? '', revision ?? '', dayOf(at)]
  const hash = createHash('sha256').update(JSON.stringify(about)).digest()
  const taken = { via, path: path ?? null, revision: revision ?? null }
  return { hash, repoId, userId, ...taken, firstAt: at, lastAt: at, requests: 1 }
}

function add(waiting: Map<string, Download>, download: Download): void {
  const key = download.hash.toString('base64')
  const known = waiting.get(key)
  if (known === undefined) {
    waiting.set(key, download)
    return
  }
  known.requests += download.requests
  if (download.lastAt > known.lastAt) known.lastAt = download.lastAt
}
