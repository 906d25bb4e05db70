import { readlink, symlink, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startWatch } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { notWhileHeld } from '../../store/held.ts'
import type { GitHost } from '../host.ts'
import { failedWith } from './durable.ts'
import { repositoryFolder } from './folder.ts'

/** In whose name locks in the repositories folder are taken: a process with a row in the database. */
export interface LockOwner {
  /** Undefined while the process cannot tell whether it still counts as at work. */
  registration(): { id: string; still(): boolean } | undefined
  /** Does something once another process is gone for good; false while it is at work. */
  whenGone(id: string, act: () => Promise<void>): Promise<boolean>
}

/** The right to move references of one repository, among all processes that share the folder. */
export interface MoveLock {
  /** False for good once another process may have taken it over. */
  still(): boolean
  release(): Promise<void>
  /** Whether a process died with it: what git has locked was left behind. */
  isInherited: boolean
}

const longestWaitMs = 3000
const askAgainMs = 500
const pollMs = 10

/** For a folder that no other process can be at work on. */
export function onlyOwner(): LockOwner {
  const id = newId()
  return {
    registration: () => ({ id, still: () => true }),
    whenGone: async (_id, act) => act().then(() => true),
  }
}

/**
 * Takes the lock, waiting some seconds for another process; undefined when that one takes longer. The lock is a symbolic
 * link, made in one step with the id of its owner in it; it is stale when the row of that process is gone, and never
 * before. Throws `503` when this process has lost touch with the database.
 */
export async function takeMoveLock(host: GitHost, repoId: string): Promise<MoveLock | undefined> {
  notWhileHeld('a wait for the move lock')
  const place = join(repositoryFolder(host, repoId), 'moving')
  const registration = host.owner.registration()
  if (registration === undefined) throw outOfTouch()
  await yieldTo(place, registration.id)
  const lock = await waitFor(host.owner, place, registration.id)
  return lock && { ...lock, still: registration.still, release: () => free(place, registration.id) }
}

async function waitFor(owner: LockOwner, place: string, self: string): Promise<{ isInherited: boolean } | undefined> {
  const waitedMs = startWatch()
  let askAfterMs = 0
  let isInherited = false
  while (!(await isTaken(place, self))) {
    await isTaken(nextTo(place), self)
    if (waitedMs() >= askAfterMs) {
      const gone = await freeIfOrphaned(owner, place, self)
      isInherited ||= gone
      askAfterMs = gone ? 0 : waitedMs() + askAgainMs
      if (gone) continue
    }
    if (waitedMs() >= longestWaitMs) break
    await sleep(pollMs)
  }
  const isMine = (await holderOf(place)) === self
  if (waitedMs() >= pollMs || !isMine) await free(nextTo(place), self)
  return isMine ? { isInherited } : undefined
}

// A process with many moves in a row would never let another one have its turn: who waits says so beside the lock.
async function yieldTo(place: string, self: string): Promise<void> {
  const other = await holderOf(nextTo(place))
  if (other === undefined || other === self) return
  await sleep(2 * pollMs)
  // It did not take its turn; one that lives says again that it waits
  await free(nextTo(place), other)
}

function nextTo(place: string): string {
  return `${place}-next`
}

async function isTaken(place: string, id: string): Promise<boolean> {
  try {
    await symlink(id, place)
    return true
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false
    throw error
  }
}

async function freeIfOrphaned(owner: LockOwner, place: string, self: string): Promise<boolean> {
  const id = await holderOf(place)
  if (id === undefined) return true
  // Moves of one repository take turns in a process: what carries its own name is left from a move before
  if (id === self) return free(place, id).then(() => true)
  return owner.whenGone(id, () => free(place, id))
}

async function holderOf(place: string): Promise<string | undefined> {
  try {
    return await readlink(place)
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined
    throw error
  }
}

async function free(place: string, id: string): Promise<void> {
  if ((await holderOf(place)) !== id) return
  await unlink(place).catch((error) => {
    if (!failedWith(error, 'ENOENT')) throw error
  })
}

/** The refusal while this process cannot reach the database, and others may think that it is gone. */
export function outOfTouch(): HubError {
  return new HubError('Unavailable', 'The database is currently unavailable. Try again shortly.', {
    headers: { 'Retry-After': '5' },
  })
}
