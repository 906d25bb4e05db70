import { spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import {
  chownSync,
  closeSync,
  constants,
  cpSync,
  existsSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Account, type Binaries, placeBinaries } from './embedded-binaries.ts'
import { isRoot, shortPath } from './embedded-folders.ts'

/** Where one data folder's PostgreSQL lives and as whom it runs. */
export interface Cluster {
  dataDir: string
  /** PostgreSQL's own data directory; its socket is in it too, so mode 0700 guards both. */
  folder: string
  /** What to give clients as host: a path short enough for a socket address. */
  host: string
  account: Account
  binaries: Binaries
  logFile: string
}

export const clusterUser = 'guildhall'
export const clusterPort = 5432

/**
 * Root's PostgreSQL runs under this number, which distributions and systemd leave unused (60578–61183). Not `postgres`
 * or `nobody`: other services of these accounts could read the cluster.
 */
const ownAccount = { uid: 60742, gid: 60742 }

const mostAttempts = 5

const encoding = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
const access = [`--username=${clusterUser}`, '--auth-local=trust', '--auth-host=reject']

/** Gives the data folder's cluster, making it (and a copy of PostgreSQL) first when it is not there yet. */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const home = join(dataDir, 'postgres')
  mkdirSync(home, { recursive: true, mode: 0o711 })
  const folder = join(home, 'cluster')
  const account = chooseAccount(folder)
  const binaries = await placeBinaries(home, account)
  removeHalfMade(folder)
  if (!existsSync(folder)) await createCluster(folder, binaries, account)
  checkVersion(folder, binaries)
  return { dataDir, folder, host: shortPath(folder), account, binaries, logFile: join(home, 'postgres.log') }
}

/**
 * How to name the cluster to a program that runs as the account: a path, and the descriptor to pass as its number 3.
 * The account may not be able to walk to the folder (/root has mode 0700). On Linux root opens the folder and
 * passes it on; /proc/self/fd/3 leads there without a look at the folders above.
 */
export function passFolder(folder: string, account: Account): { path: string; descriptors: number[]; close(): void } {
  if (!account || process.platform !== 'linux') return { path: folder, descriptors: [], close: () => undefined }
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  return { path: '/proc/self/fd/3', descriptors: [descriptor], close: () => closeSync(descriptor) }
}

/** The environment for PostgreSQL's programs: nothing of ours, no PG* settings, no secrets. */
export function programEnvironment(binaries: Binaries): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    LD_LIBRARY_PATH: join(binaries.folder, 'lib'),
  }
}

function chooseAccount(folder: string): Account {
  if (!isRoot()) return undefined
  if (!existsSync(folder)) return ownAccount
  // Someone's ordinary user may have made it; keep it theirs
  const { uid, gid } = statSync(folder)
  return uid === 0 ? ownAccount : { uid, gid }
}

/** Complete or absent: made aside and renamed when it is on disk, so being killed halfway leaves no cluster. */
async function createCluster(folder: string, binaries: Binaries, account: Account): Promise<void> {
  const fresh = `${folder}.new-${randomUUID()}`
  mkdirSync(fresh, { mode: 0o700 })
  if (account) await initializeFor(account, fresh, binaries)
  else await initialize(fresh, binaries, undefined)
  writeConfiguration(fresh, account)
  syncFolder(fresh)
  renameSync(fresh, folder)
  syncFolder(dirname(folder))
}

/** What PostgreSQL reads of its settings, word for word: settings are on its command line, and only the socket leads in. */
export const configuration: Readonly<Record<string, string>> = {
  'postgresql.conf': '# Written by Guildhall, which gives all settings on the command line.\n',
  'postgresql.auto.conf': '# Written by Guildhall.\n',
  'pg_hba.conf': 'local all all trust\n',
  'pg_ident.conf': '# Written by Guildhall.\n',
}

// New files, so that no one has them open; what initdb wrote could tell PostgreSQL to run a program.
function writeConfiguration(fresh: string, account: Account): void {
  for (const [name, text] of Object.entries(configuration)) {
    const path = join(fresh, name)
    rmSync(path, { force: true })
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, text)
    if (account) fchownSync(file, account.uid, account.gid)
    fsyncSync(file)
    closeSync(file)
  }
}

// Made by another account, and copied: whatever that account may still have open is not what PostgreSQL uses.
async function initializeFor(account: { uid: number; gid: number }, fresh: string, binaries: Binaries): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const made = `${fresh}-made`
    mkdirSync(made, { mode: 0o700 })
    const maker = findMaker()
    chownSync(made, maker.uid, maker.gid)
    await initialize(made, binaries, maker)
    // Another program as this user, such as the initdb of another hub, could have changed them
    const isAlone = !usersOfProcesses().has(maker.uid)
    if (isAlone) cpSync(made, fresh, { recursive: true, preserveTimestamps: true })
    rmSync(made, { recursive: true })
    if (isAlone) return giveTree(fresh, account)
    if (attempt >= mostAttempts)
      throw new Error(
        'All accounts that could create the PostgreSQL files are used by other programs. Set DATABASE_URL to your own PostgreSQL.',
      )
  }
}

function initialize(fresh: string, binaries: Binaries, maker: Account): Promise<void> {
  const pass = passFolder(fresh, maker)
  const options = { ...maker, cwd: '/', env: programEnvironment(binaries) }
  const initdb = spawn(
    join(binaries.folder, 'bin', 'initdb'),
    [`--pgdata=${pass.path}`, ...encoding, ...access, '--data-checksums', '--no-instructions'],
    { ...options, stdio: ['ignore', 'ignore', 'pipe', ...pass.descriptors] },
  )
  pass.close()
  return new Promise((resolve, reject) => {
    let complaint = ''
    initdb.stderr?.on('data', (part) => {
      complaint += part
    })
    initdb.on('error', reject)
    initdb.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(explain(complaint.trim() || `initdb ended with code ${code}`)))
    })
  })
}

function explain(complaint: string): string {
  if (!/could not look up effective user/.test(complaint)) return `PostgreSQL could not create its files: ${complaint}`
  const user = `user number ${process.getuid?.()}`
  return `PostgreSQL needs an entry for ${user} in /etc/passwd to create its files. Add one, or set DATABASE_URL.`
}

function findMaker(): { uid: number; gid: number } {
  const maker = chooseMaker(readFileSync('/etc/passwd', 'utf8'), usersOfProcesses())
  if (maker !== undefined) return maker
  throw new Error(
    'PostgreSQL can’t run as root, and all other accounts here are in use. Set DATABASE_URL to your own PostgreSQL.',
  )
}

/**
 * The account that makes PostgreSQL's files: initdb, unlike the server, wants one with a name. One that no program runs
 * as, so that none can change them meanwhile; never `nobody`, which any service may use at any moment.
 */
export function chooseMaker(passwd: string, inUse: ReadonlySet<number>): { uid: number; gid: number } | undefined {
  const accounts = passwd.split('\n').map((line) => line.split(':'))
  const free = accounts
    .filter(([name]) => name !== 'nobody')
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid }) => uid > 0 && !inUse.has(uid))
  // Any of them: two hubs that start at the same moment are to choose different ones
  return free[randomInt(Math.max(1, free.length))]
}

/** The numbers of all users that a program runs as at this moment; none where the system does not tell. */
function usersOfProcesses(): Set<number> {
  if (!existsSync('/proc/self')) return new Set()
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return new Set(pids.flatMap((pid) => ownerOf(`/proc/${pid}`) ?? []))
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid
  } catch {
    // It has ended meanwhile
    return undefined
  }
}

function giveTree(path: string, account: { uid: number; gid: number }): void {
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(path, name), account.uid, account.gid)
  }
  chownSync(path, account.uid, account.gid)
}

/** An initdb whose hub was killed may still be writing there; what cannot go now goes at the next start. */
function removeHalfMade(folder: string): void {
  const halfMade = readdirSync(dirname(folder)).filter((name) => name.startsWith(`${basename(folder)}.new-`))
  for (const name of halfMade) {
    try {
      rmSync(join(dirname(folder), name), { recursive: true, force: true })
    } catch {}
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY)
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function checkVersion(folder: string, binaries: Binaries): void {
  const found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  if (found === binaries.version.split('.')[0]) return
  throw new Error(
    `${folder} was created by PostgreSQL ${found}, but this is PostgreSQL ${binaries.version}. Dump the data with the old version and restore it.`,
  )
}
