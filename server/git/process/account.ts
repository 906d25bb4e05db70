import { spawnSync } from 'node:child_process'
import { chownSync, lchownSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { lchown, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StartRefused } from '../../store/processes.ts'

/** As whom git runs; undefined: as this process. */
export type GitAccount = { uid: number; gid: number } | undefined

/**
 * Root's git runs under this number, which distributions and systemd leave unused (60578–61183). Not the one of
 * PostgreSQL: a fault of git in what a push brings must reach neither the database nor the secret key.
 */
const ownAccount = { uid: 60743, gid: 60743 }

/**
 * The account that git runs as on this folder of repositories, which are given to it: those that root's git made before,
 * too. Undefined where this process isn't root, or the account can't get to the folder or to this program, for example in
 * /root.
 */
export function gitAccountFor(folder: string, program: string): GitAccount {
  if (process.getuid?.() !== 0) return undefined
  const { uid, gid } = statSync(folder)
  // Someone's ordinary user may have made it; keep it theirs
  const account = uid === 0 ? ownAccount : { uid, gid }
  if (!reaches(account, dirname(folder), program)) {
    // What root's git adds from now on is given away with all the rest, once the account gets there
    if (uid === ownAccount.uid) chownSync(folder, 0, 0)
    return undefined
  }
  if (uid === 0) giveTree(folder, account)
  else giveForgotten(folder, account)
  return account
}

function reaches(account: { uid: number; gid: number }, folder: string, program: string): boolean {
  const script = 'cd "$0" && test -r "$1" && test -x "$1"'
  return spawnSync('/bin/sh', ['-c', script, folder, program], { ...account, cwd: '/', stdio: 'ignore' }).status === 0
}

// The folder itself comes last: as long as it is root's no one else gets in, and a start that was killed begins again.
function giveTree(path: string, account: { uid: number; gid: number }): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name)
    if (entry.isDirectory()) giveTree(inside, account)
    else lchownSync(inside, account.uid, account.gid)
  }
  lchownSync(path, account.uid, account.gid)
}

// Root may have restored repositories from a backup. In a folder of an ordinary user, that user could lead us elsewhere.
function giveForgotten(folder: string, account: { uid: number; gid: number }): void {
  const forgotten = rootsIn(folder)
  if (forgotten.length > 0 && account.uid !== ownAccount.uid)
    throw new StartRefused(
      `Some repositories in ${folder} belong to root, and Git runs as user ${account.uid}, who owns the folder. Run “chown -R ${account.uid}:${account.gid} ${folder}” and start again.`,
    )
  for (const path of forgotten) giveTree(path, account)
}

function rootsIn(folder: string): string[] {
  const parts = readdirSync(folder).filter((name) => /^[0-9a-f]{2}$/.test(name))
  return parts
    .map((name) => join(folder, name))
    .flatMap((part) =>
      isRoots(part)
        ? [part]
        : readdirSync(part)
            .map((name) => join(part, name))
            .filter(isRoots),
    )
}

function isRoots(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.uid === 0
}

/** Gives what this process made, with all that is in it, to the account that git runs as. */
export async function giveToGit({ account }: { account: GitAccount }, path: string): Promise<void> {
  if (account === undefined) return
  const inside = await readdir(path, { recursive: true })
  for (const name of ['', ...inside]) await lchown(join(path, name), account.uid, account.gid)
}

/** Gives one folder that this process made to the account that git runs as, and not what is in it. */
export async function giveFolderToGit({ account }: { account: GitAccount }, path: string): Promise<void> {
  if (account !== undefined) await lchown(path, account.uid, account.gid)
}
