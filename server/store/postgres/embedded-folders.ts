import { createHash, randomUUID } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** sun_path holds 104 bytes on macOS and 108 on Linux; the longest name we put behind the folder has 22. */
const longestFolder = 80

/** True when this process is the superuser, as whom PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * A short path to a folder, for the sockets in it: the folder itself or, when its path is too long for a socket
 * address, a symbolic link in a private folder (mode 0700, ours) under the system's temporary folder. Only the way
 * is short: sockets and data stay in the data folder. Call again now and then: cleaners of temporary folders
 * remove links that look old.
 */
export function shortPath(folder: string): string {
  if (Buffer.byteLength(folder) <= longestFolder) return folder
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const link = join(ownTemporaryFolder('guildhall', 0o700), name)
  const fresh = `${link}.${randomUUID()}`
  symlinkSync(folder, fresh)
  renameSync(fresh, link)
  return link
}

/** A folder under the system's temporary folder that only we can write to; throws when someone else took the name. */
export function ownTemporaryFolder(prefix: string, mode: number): string {
  const uid = process.getuid?.() ?? 0
  // A long TMPDIR would defeat the purpose; /tmp is there on every system that has unix sockets
  const base = Buffer.byteLength(tmpdir()) <= 30 || process.platform === 'darwin' ? tmpdir() : '/tmp'
  const folder = join(base, `${prefix}-${uid}`)
  mkdirSync(folder, { recursive: true, mode })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== uid) throw new Error(`${folder} belongs to another user. Remove it.`)
  chmodSync(folder, mode)
  return folder
}
