import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { users } from '../api/index.ts'
import { type Config, readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { CountriesRefused, openCountries } from './countries/countries.ts'
import { endOnce, inTime } from './http/ending.ts'
import { type RunningHub, startHub } from './http/hub.ts'
import { requireGuard } from './http/storage.ts'
import { log } from './kernel/log.ts'
import { digest } from './kernel/secret.ts'
import { secretKeyOf } from './secret-key.ts'
import { openDataFolder } from './store/data-folder.ts'
import { ownTemporaryFolder } from './store/postgres/embedded-folders.ts'
import { DataFolderInUse } from './store/postgres/embedded-lock.ts'
import { StartRefused } from './store/processes.ts'

const longestSocketPath = 100

const flags = readFlags()

try {
  await main(readConfig())
} catch (error) {
  const refusals = [ConfigError, CountriesRefused, DataFolderInUse, StartRefused]
  const expected = refusals.some((refusal) => error instanceof refusal)
  if (!expected && !isListenError(error)) log.fatal({ err: error }, 'could not start')
  // The command that started this hub for itself then looks for the other one
  if (flags['console-only'] && error instanceof DataFolderInUse) process.stdout.write('{"console":"taken"}\n')
  process.stderr.write(`guildhall: ${sentenceOf(error)}\n`)
  process.exit(1)
}

function readFlags() {
  const options = {
    demo: { type: 'boolean', default: false },
    'console-only': { type: 'boolean', default: false },
    'migrate-only': { type: 'boolean', default: false },
    'guard-only': { type: 'boolean', default: false },
    'countries-only': { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    process.stderr.write(
      `guildhall: ${sentenceOf(error)}. Settings are environment variables: see docs/reference/settings.md.\n`,
    )
    process.exit(1)
  }
}

async function main(config: Config): Promise<void> {
  log.level = config.logLevel
  if (flags['guard-only']) return requireGuard(tmpdir())
  if (flags['countries-only']) return void (await openCountries(config.countryDatabase))
  // Asked to stop while it starts, the hub ends as soon as it has started: nothing is left half-begun.
  const signals = { asked: false }
  const remember = () => (signals.asked = true)
  process.on('SIGTERM', remember).on('SIGINT', remember)
  openDataFolder(config.dataDir)
  const socket = await freeConsoleSocket(config.dataDir)
  const countries = await openCountries(config.countryDatabase)
  const version = await packageVersion()
  const hub = await startHub({
    ...config,
    ...secretKeyOf(config),
    countries,
    version,
    listen: !flags['console-only'] && !flags['migrate-only'],
    isDemo: flags.demo,
  })
  if (flags['migrate-only'] || signals.asked) return stop(hub)
  if (flags.demo) await hub.fillDemo()
  const closeConsole = await listenOnConsole(hub, config.dataDir, socket).catch(async (error) => {
    await hub.stop()
    throw error
  })
  stopOnSignals(hub, closeConsole)
  announce(hub, config)
}

function announce(hub: RunningHub, config: Config): void {
  if (flags['console-only']) {
    process.stdout.write('{"console":"ready"}\n')
    return
  }
  log.info({ address: hub.publicUrl, database: hub.databaseKind, pid: process.pid }, 'listening')
  process.stderr.write(`\n${hub.demo ? demoSentences(hub, hub.demo) : sentences(hub)}${otherMachines(hub, config)}\n`)
}

function sentences({ publicUrl, setupCode }: RunningHub): string {
  if (setupCode === undefined) return `  Guildhall is running. Open\n  ${publicUrl}\n`
  return `  Guildhall is running. Create the first site admin at\n  ${publicUrl}/setup#code=${setupCode}\n`
}

function demoSentences({ publicUrl, setupCode }: RunningHub, { password, people }: users.DemoAccounts): string {
  const width = Math.max(...people.map(({ username }) => username.length))
  return [
    `  Guildhall is running with the demo. Open\n  ${publicUrl}/login\n`,
    `  Sign in with the password ${password} as`,
    ...people.map(({ username, about }) => `    ${username.padEnd(width)}  ${about}`),
    ...(setupCode === undefined ? [] : [`\n  To create a site admin, open\n  ${publicUrl}/setup#code=${setupCode}`]),
    '',
  ].join('\n')
}

// Who opens the hub to a network and has not said by which address it is known.
function otherMachines({ publicUrl }: RunningHub, config: Config): string {
  if (config.publicUrl !== '' || !['0.0.0.0', '::'].includes(config.host)) return ''
  const found = Object.values(networkInterfaces()).flat()
  const outside = found.find((one) => one?.family === 'IPv4' && !one.internal)?.address
  if (outside === undefined) return ''
  const address = `http://${outside}:${new URL(publicUrl).port || 80}`
  return `  From other machines: ${address}. Set GUILDHALL_PUBLIC_URL to the URL that people use.\n  Until then, links in emails point to ${publicUrl}.\n`
}

function stopOnSignals(hub: RunningHub, closeConsole: () => Promise<void>): void {
  const stopAll = async () => {
    await inTime(closeConsole)()
    await hub.stop()
  }
  const end = endOnce(stopAll, (code) => process.exit(code))
  process.on('SIGTERM', () => end('SIGTERM'))
  process.on('SIGINT', () => end('SIGINT'))
  if (flags['console-only']) process.stdin.on('end', () => end('end of input')).resume()
}

async function stop(hub: RunningHub): Promise<void> {
  await hub.stop()
  process.exit(0)
}

// The command line on the server reaches the hub through a socket that only its own user may open. Its path stands in
// a file, since a socket's path may not be as long as a folder's.
async function listenOnConsole(hub: RunningHub, dataDir: string, path: string): Promise<() => Promise<void>> {
  const server = createServer(hub.consoleHandler)
  await listenAlone(server, dataDir, path)
  writeFileSync(
    join(dataDir, 'console.json'),
    JSON.stringify({ socket: path, port: hub.port, publicUrl: hub.publicUrl, pid: process.pid }),
    { mode: 0o600 },
  )
  // A command that is being answered gets its answer first. Closing removes the socket; removing it again might hit one
  // that the next hub has just made
  return () => new Promise((resolve) => server.close(() => resolve()))
}

// Hubs on a database elsewhere may start at the same moment: the path is the lock, and only one that no one answers at,
// left by a hub that was killed, is taken over.
async function listenAlone(server: Server, dataDir: string, path: string): Promise<void> {
  try {
    await listenPrivately(server, path)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error
    await freeConsoleSocket(dataDir)
    rmSync(path, { force: true })
    await listenPrivately(server, path)
  }
}

// The socket is made within this call, so that at no moment anybody else may open it
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const mask = process.umask(0o177)
    server.once('error', reject).listen(path, () => {
      server.off('error', reject)
      resolve()
    })
    process.umask(mask)
  })
}

async function freeConsoleSocket(dataDir: string): Promise<string> {
  const path = consolePath(dataDir)
  if (existsSync(path) && (await answers(path))) throw new DataFolderInUse(dataDir)
  return path
}

function consolePath(dataDir: string): string {
  const path = join(dataDir, 'console.sock')
  if (Buffer.byteLength(path) <= longestSocketPath) return path
  // Checked to be ours alone: anyone who made it before us would get the passwords that commands send
  const folder = ownTemporaryFolder('guildhall-console', 0o700)
  return join(folder, `${digest(dataDir).toString('hex').slice(0, 16)}.sock`)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function packageVersion(): Promise<string> {
  const content = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(content) as { version: string }).version
}

function isListenError(error: unknown): boolean {
  return (error as { syscall?: string }).syscall === 'listen'
}

function sentenceOf(error: unknown): string {
  const { message, code, port, address } = error as Error & { code?: string; port?: number; address?: string }
  if (code === 'EADDRINUSE')
    return `${address}:${port} is in use by another program. Choose another port with GUILDHALL_PORT.`
  return message
}
