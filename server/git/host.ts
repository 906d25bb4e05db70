import { mkdirSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DiskReserve } from '../shares/disk.ts'
import { openRoom, openSlots, type Room, type Slots } from '../shares/slots.ts'
import { ownTurn } from '../shares/turns.ts'
import { neverWhileHeld } from '../store/held.ts'
import { openReaders, type Readers } from './objects/readers.ts'
import { type GitAccount, gitAccountFor } from './process/account.ts'
import type { LockOwner } from './process/move-lock.ts'
import { openSpillPlace, type SpillPlace } from './process/spill.ts'
import { openTurns, type Turns } from './process/turns.ts'

/** Where the repositories of this hub are, and how many processes may work on them. */
export interface GitHost {
  /** Folder of all repositories: `<last two digits of the id>/<id>.git`. */
  folder: string
  /** The whole environment of every git process, with the configuration that holds whatever a repository or the machine says. */
  environment: Record<string, string>
  /** As whom every git process runs. */
  account: GitAccount
  /** Places for long transfers: fetch and push. */
  transfers: Slots
  /** Places for short work: listings, commits. */
  work: Slots
  /** Places for sending files that are long and in git itself. */
  downloads: Slots
  /** Where answers wait for callers who take them slowly. */
  answers: SpillPlace
  /** Bytes that one push may bring. */
  maxPushBytes: number
  /** What its writers leave free of the disk. */
  reserve: DiskReserve
  /** What is kept of requests until they are whole, in bytes. */
  requests: Room
  /** Address space of each process. */
  memoryBytes: number
  /** Processes that stay and answer what an object is. */
  readers: Readers
  /** Moves of one repository wait here for each other, before they compete with those of other processes. */
  moves: Turns
  /** In whose name references are locked. */
  owner: LockOwner
}

export interface GitOptions {
  folder: string
  /** Transfers at once; 0: as many as the machine has processors, times four. */
  transfers: number
  /** Bytes that one push may bring. */
  maxPushBytes: number
  owner: LockOwner
  /** As root: git runs as an account of its own, to which the repositories are given. */
  ownAccount?: boolean
  reserve: DiskReserve
  /** Folder of this process for what waits to be taken. */
  spillFolder: string
}

/** The hooks that guard a push. */
export const hooksFolder = fileURLToPath(new URL('./hooks', import.meta.url))
const workPerProcessor = 8
const transfersPerProcessor = 4
const downloadsPerProcessor = 4
const mostRequestBytes = 256 * 1024 * 1024
const mebibyte = 1024 * 1024
const mappedMebibytes = 256

/** Prepares the folder of repositories; no process is started before it is needed. */
export function openGit(options: GitOptions): GitHost {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const processors = availableParallelism()
  const places = {
    transfers: options.transfers > 0 ? options.transfers : processors * transfersPerProcessor,
    work: processors * workPerProcessor,
    downloads: processors * downloadsPerProcessor,
  }
  const host = {
    folder: options.folder,
    environment: gitEnvironment(options.maxPushBytes),
    account: options.ownAccount ? gitAccountFor(options.folder, join(hooksFolder, 'pre-receive')) : undefined,
    owner: options.owner,
    moves: openTurns(),
    transfers: gitPlaces(places.transfers),
    work: gitPlaces(places.work),
    downloads: gitPlaces(places.downloads),
    answers: openSpillPlace(options.spillFolder, options.reserve),
    maxPushBytes: options.maxPushBytes,
    reserve: options.reserve,
    requests: openRoom(mostRequestBytes),
    memoryBytes: memoryOfEach(
      Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
      places.transfers + places.work,
    ),
  }
  return Object.assign(host, { readers: openReaders(host) })
}

// Who has a place starts a process, which holds up everything else for milliseconds.
function gitPlaces(places: number): Slots {
  const slots = openSlots({ places })
  return neverWhileHeld('places for git', {
    async enter(caller) {
      const leave = await slots.enter(caller)
      await ownTurn()
      return leave
    },
  })
}

/**
 * How much address space a git process gets, so that all that need much at once fit into the machine: an equal part of
 * three quarters of its memory, at least 384 MiB, and what it maps of packs, which takes no memory of its own. 4 GiB at most.
 */
export function memoryOfEach(machineBytes: number, processes: number): number {
  const own = Math.max(384, Math.floor((machineBytes * 0.75) / processes / mebibyte))
  return Math.min(4096, own + mappedMebibytes) * mebibyte
}

/**
 * The environment of git processes. Configuration is handed over to each process, never through a file: a file could be
 * rewritten by another hub, and git would take what it says there, hooks included.
 */
function gitEnvironment(maxPushBytes: number): Record<string, string> {
  const settings = Object.entries(configuration(maxPushBytes))
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ADVICE: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, String(value)],
      ]),
    ),
  }
}

// What a push may bring is checked object by object; nothing runs but our own hooks; what is acknowledged is on the disk.
function configuration(maxPushBytes: number): Record<string, string | number | boolean> {
  return {
    'core.hooksPath': hooksFolder,
    // git refuses a push whose proc-receive hook it cannot run; every other hook it would leave out without a word
    'receive.procReceiveRefs': 'refs/',
    'core.fsync': 'all',
    'core.fsyncMethod': 'batch',
    'core.protectHFS': true,
    'core.protectNTFS': true,
    'core.logAllRefUpdates': false,
    // Refs are asked for by their full names; git would look for five others of each
    'core.warnAmbiguousRefs': false,
    'core.bigFileThreshold': '16m',
    'core.packedGitWindowSize': '32m',
    'core.packedGitLimit': `${mappedMebibytes}m`,
    'core.filesRefLockTimeout': 3000,
    'core.packedRefsTimeout': 3000,
    'receive.fsckObjects': true,
    'receive.maxInputSize': maxPushBytes,
    // Tools send options that other servers act on; here they are read and passed over
    'receive.advertisePushOptions': true,
    'receive.autogc': false,
    'receive.updateServerInfo': false,
    'receive.denyCurrentBranch': 'ignore',
    'transfer.credentialsInUrl': 'die',
    'transfer.advertiseSID': false,
    'uploadpack.allowFilter': true,
    'uploadpack.allowReachableSHA1InWant': true,
    'pack.windowMemory': '64m',
    'pack.deltaCacheSize': '64m',
    'pack.threads': 1,
    'fastimport.unpackLimit': 100,
    'gc.auto': 0,
    'maintenance.auto': false,
    'protocol.allow': 'never',
    'safe.directory': '*',
    'init.defaultBranch': 'main',
  }
}
