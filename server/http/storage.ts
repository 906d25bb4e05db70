import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { guardProblem } from '../git/guard-proof.ts'
import { openGit } from '../git/host.ts'
import type { LockOwner } from '../git/process/move-lock.ts'
import { log } from '../kernel/log.ts'
import { openLfsDisk } from '../lfs/disk/disk.ts'
import { openLfsS3, type S3Options } from '../lfs/s3/s3.ts'
import { openStage } from '../lfs/xet/stage.ts'
import { openArriving } from '../shares/arriving.ts'
import { openDiskReserve } from '../shares/disk.ts'
import { neverWhileHeld } from '../store/held.ts'
import { StartRefused } from '../store/processes.ts'
import type { Services } from './services.ts'

/** Where repositories and large files are kept, and how much of them at once; sizes in bytes. */
export interface StorageOptions {
  /** Folder that processes share, with `repositories` and `lfs` in it; empty: the data folder. */
  repositoriesDir: string
  /** What uploads leave free of each disk; undefined: 2 %, at least 1 GiB. */
  diskReserveBytes: number | undefined
  gitTransfers: number
  maxPushBytes: number
  maxCommitBytes: number
  maxLfsObjectBytes: number
  /** Whether clients may upload by Xet. */
  hasXet: boolean
  /** Undefined: large files are beside the repositories. */
  lfsS3: S3Options | undefined
}

const gitAsRoot =
  'Git runs as root, since its own user can’t open this folder or this program. Move the data folder, for example to /var/lib, or run Guildhall as another user.'

/** Throws unless pushes are guarded: git asks the hub before it moves a reference. Tried in a folder for scratch. */
export async function requireGuard(folder: string): Promise<void> {
  const problem = await guardProblem(folder)
  if (problem !== undefined) throw new StartRefused(problem)
}

/** Opens the places where repositories are; nothing is started before it is needed. */
export async function openStorage(
  dataDir: string,
  options: StorageOptions,
  owner: LockOwner,
): Promise<{
  places: Pick<Services, 'git' | 'lfs' | 'stage' | 'hasXet' | 'incoming' | 'uploads' | 'arriving'>
  downloadOrigins: string[]
  close: () => Promise<void>
}> {
  const incoming = join(dataDir, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  const { gitTransfers, maxPushBytes, lfsS3 } = options
  const shared = options.repositoriesDir || dataDir
  const reserve = openDiskReserve(options.diskReserveBytes)
  const git = openGit({
    folder: join(shared, 'repositories'),
    transfers: gitTransfers,
    maxPushBytes,
    owner,
    ownAccount: true,
    reserve,
    spillFolder: incoming,
  })
  if (process.getuid?.() === 0 && git.account === undefined) log.warn({ folder: git.folder }, gitAsRoot)
  const store = lfsS3 === undefined ? openLfsDisk({ folder: join(shared, 'lfs'), reserve }) : openLfsS3(lfsS3)
  const lfs = neverWhileHeld('lfs', store)
  const stage = openStage(join(shared, 'xet'), reserve)
  const uploads = {
    commit: options.maxCommitBytes,
    lfsObject: options.maxLfsObjectBytes,
  }
  const downloadOrigins = lfsS3 === undefined ? [] : [originOf(lfsS3)]
  return {
    places: { git, lfs, stage, hasXet: options.hasXet, incoming, uploads, arriving: openArriving() },
    downloadOrigins,
    close: async () => git.readers.close(),
  }
}

// Where the addresses of downloads lead: the bucket is part of the host, or of the path.
function originOf({ endpoint, region, bucket, forcePathStyle }: S3Options): string {
  const url = new URL(endpoint === '' ? `https://s3.${region}.amazonaws.com` : endpoint)
  return forcePathStyle ? url.origin : `${url.protocol}//${bucket}.${url.host}`
}
