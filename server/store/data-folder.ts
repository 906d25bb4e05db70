import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { StartRefused } from './processes.ts'

/**
 * Makes the data folder where there is none, and closes it to changes by other users: anyone who can write to it could
 * put a folder of their own in the place of the database. Refuses a folder that only another user can close.
 */
export function openDataFolder(dataDir: string, own: number | undefined = process.getuid?.()): void {
  mkdirSync(dataDir, { recursive: true })
  const { mode, uid } = statSync(dataDir)
  if (own === undefined) return
  if (uid !== own && uid !== 0)
    throw new StartRefused(
      `The data folder ${dataDir} belongs to user ${uid}, and Guildhall runs as user ${own}. Run Guildhall as user ${uid}, or run “chown -R ${own} ${dataDir}”, then start again.`,
    )
  if ((mode & 0o022) === 0) return
  if (uid === own) chmodSync(dataDir, mode & 0o7755)
  // A volume may belong to root and be open to our group
  else if ((mode & 0o002) !== 0)
    throw new StartRefused(
      `Every user of this machine can change the data folder ${dataDir}. Run “chmod o-w ${dataDir}”, then start again.`,
    )
}
