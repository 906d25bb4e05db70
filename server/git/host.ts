import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openReaders, type Readers } from './readers.ts'
import { openSlots, type Slots } from './slots.ts'

/** Where the repositories of this hub are, and how many processes may work on them. */
export interface GitHost {
  /** Folder of all repositories: `<last two digits of the id>/<id>.git`. */
  folder: string
  /** Configuration that every git process of the hub reads, whatever a repository or the machine says. */
  configFile: string
  /** Places for long transfers: fetch and push. */
  transfers: Slots
  /** Places for short work: listings, commits. */
  work: Slots
  /** Processes that stay and answer what an object is. */
  readers: Readers
  /** When the hub began, by the clock that files go by: who locked something before has lost its hub. */
  openedAt: number
}

export interface GitOptions {
  folder: string
  /** Transfers at once; 0: as many as the machine has processors, times four. */
  transfers: number
  /** Bytes that one push may bring. */
  maxPushBytes: number
}

const hooksFolder = fileURLToPath(new URL('./hooks', import.meta.url))
const workPerProcessor = 8
const transfersPerProcessor = 4

/** Prepares the folder of repositories; no process is started before it is needed. */
export function openGit(options: GitOptions): GitHost {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const configFile = join(options.folder, 'gitconfig')
  writeFileSync(configFile, configText(options.maxPushBytes))
  const processors = availableParallelism()
  const host = {
    folder: options.folder,
    configFile,
    openedAt: Date.now(),
    transfers: openSlots(options.transfers > 0 ? options.transfers : processors * transfersPerProcessor),
    work: openSlots(processors * workPerProcessor),
  }
  return Object.assign(host, { readers: openReaders(host) })
}

// What a push may bring is checked object by object; nothing runs but our own hook; what is acknowledged is on the disk.
function configText(maxPushBytes: number): string {
  const settings: Record<string, Record<string, string | number | boolean>> = {
    core: {
      hooksPath: hooksFolder,
      fsync: 'all',
      fsyncMethod: 'batch',
      protectHFS: true,
      protectNTFS: true,
      logAllRefUpdates: false,
      // Refs are asked for by their full names; git would look for five others of each
      warnAmbiguousRefs: false,
      bigFileThreshold: '16m',
      packedGitWindowSize: '32m',
      packedGitLimit: '512m',
      filesRefLockTimeout: 3000,
      packedRefsTimeout: 3000,
    },
    receive: {
      fsckObjects: true,
      maxInputSize: maxPushBytes,
      advertisePushOptions: false,
      autogc: false,
      updateServerInfo: false,
      denyCurrentBranch: 'ignore',
    },
    transfer: { credentialsInUrl: 'die', advertiseSID: false },
    uploadpack: { allowFilter: true, allowReachableSHA1InWant: true },
    pack: { windowMemory: '64m', deltaCacheSize: '64m', threads: 1 },
    fastimport: { unpackLimit: 100 },
    gc: { auto: 0 },
    maintenance: { auto: false },
    protocol: { allow: 'never' },
    safe: { directory: '*' },
    init: { defaultBranch: 'main' },
  }
  const quoted = (value: string | number | boolean) => `"${String(value).replace(/["\\]/g, '\\$&')}"`
  return Object.entries(settings)
    .map(([section, keys]) => {
      const lines = Object.entries(keys).map(([key, value]) => `\t${key} = ${quoted(value)}\n`)
      return `[${section}]\n${lines.join('')}`
    })
    .join('')
}
