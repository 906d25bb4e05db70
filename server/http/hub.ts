import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { users } from '../../api/index.ts'
import { systemAuthor } from '../access/author.ts'
import type { Countries } from '../countries/countries.ts'
import { demoAccounts, fillDemoData } from '../demo/rules.ts'
import { migrateJobs } from '../jobs/migrate.ts'
import { startWorker } from '../jobs/worker.ts'
import { newId } from '../kernel/ids.ts'
import { log } from '../kernel/log.ts'
import { instanceKey, type KeyFile } from '../keys/instance-key.ts'
import { openTransport } from '../mail/transport.ts'
import { openPresence, type Presence } from '../members/activity/presence.ts'
import { openDns } from '../orgs/dns.ts'
import { openOutbound } from '../outbound/outbound.ts'
import { type Downloads, openDownloads } from '../repos/gates/downloads.ts'
import { makeMissingRepositories } from '../repos/registry/places.ts'
import { type Connection, type Db, openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { requireSessions } from '../store/pooler.ts'
import { startEmbedded } from '../store/postgres/embedded.ts'
import { openProcessRow } from '../store/processes.ts'
import { openKeptKeys } from '../store/sealed.ts'
import { openSetupCode } from '../users/accounts/setup-code.ts'
import type { RateLimits } from '../users/rates/limits.ts'
import { openRates } from '../users/rates/rates.ts'
import { createApp } from './app.ts'
import { checkOperations } from './check-operations.ts'
import { markConsole } from './dialects/caller.ts'
import { inTime } from './ending.ts'
import { addRoutes } from './routes.ts'
import type { Server, Services } from './services.ts'
import { openStorage, requireGuard, type StorageOptions } from './storage.ts'
import { hubLanes } from './tasks.ts'
import { answerUnknown } from './unknown.ts'
import type { Reach } from './wire/protect.ts'

export interface HubOptions {
  host: string
  port: number
  dataDir: string
  publicUrl: string
  /** A PostgreSQL of yours; empty: one is run in the data folder. */
  databaseUrl: string
  secretKey: string
  /** The key before, while it is being rotated. */
  previousSecretKey?: string | undefined
  /** The file that the key is in. */
  keyFile?: KeyFile | undefined
  smtpUrl: string
  mailFrom: string
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[]
  /** To whom it answers, beside its public URL. */
  reach: Reach
  version: string
  /** Whether to open the port; without, only the command line's socket can reach it. */
  listen: boolean
  storage: StorageOptions
  /** Servers to ask the DNS of; none: those of the system. */
  dnsServers: readonly string[]
  /** Networks that may be called although they are private. */
  privateNetworks: readonly string[]
  /** Tells the countries of addresses, if there is a database of them. */
  countries?: Countries | undefined
  /** How many requests one caller may make. */
  rates: RateLimits
  /** Started with `--demo`: the sign-in page offers the sample accounts. */
  isDemo?: boolean
}

/** A hub at work. */
export interface RunningHub {
  publicUrl: string
  /** The port it listens on; undefined for a hub of the command line alone. */
  port: number | undefined
  databaseKind: 'embedded' | 'external'
  /** The code the first operator needs; undefined once there is one. */
  setupCode: string | undefined
  /** The accounts it offers to sign in as; null unless it was started as the demo. */
  demo: users.DemoAccounts | null
  db: Db
  server: Server
  /** Answers requests as the server's own command line. */
  consoleHandler: RequestListener
  fillDemo(): Promise<void>
  stop(): Promise<void>
}

/** Starts a whole hub: database, migrations, queue, HTTP; everything it began is ended again when a step fails. */
export async function startHub(options: HubOptions): Promise<RunningHub> {
  await using begun = new AsyncDisposableStack()
  const hub = await start(options, begun)
  const atWork = begun.move()
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= atWork.disposeAsync())
  return Object.assign(hub, { stop })
}

async function start(options: HubOptions, begun: AsyncDisposableStack): Promise<Omit<RunningHub, 'stop'>> {
  const processId = newId()
  const key = instanceKey(options.secretKey, options.previousSecretKey)
  const connection = await openPostgres(options, begun)
  const { db, close } = openDatabase(
    connection,
    (error) => log.warn({ err: error }, 'lost a database connection'),
    processId,
    key,
  )
  begun.defer(inTime(close))
  await migrate(db)
  await migrateJobs(connection)

  const row = openProcessRow(db, processId)
  // Undone after the requests under way have ended
  begun.defer(inTime(row.leave))
  const storage = await openStorage(options.dataDir, options.storage, row)
  begun.defer(inTime(storage.close))
  if (options.listen) await requireGuard(storage.places.git.folder)
  const { presence, downloads } = openNotes(db, begun)
  const isAlone = options.databaseUrl === ''
  const hub: Services = {
    publicUrl: options.publicUrl || `http://${urlHost(options.host)}:${options.port}`,
    sendsMail: options.smtpUrl !== '',
    key,
    ...storage.places,
    downloads,
    ...openCalls(options),
    rotation: { key, file: options.keyFile, processId, enter: () => enter() },
  }
  const { app, page, build, known } = await createApp({
    links: hub,
    reach: options.reach,
    trustedProxies: options.trustedProxies,
    imageOrigins: storage.downloadOrigins,
  })
  begun.defer(inTime(() => app.close()))
  const rates = openRates(db, options.rates)
  const server: Server = { app, db, hub, process: { ...row, inHand: new Set() }, presence, rates, operations: [] }
  const databaseKind = options.databaseUrl === '' ? 'embedded' : 'external'
  const demo = options.isDemo ? demoAccounts : null
  addRoutes(server, { version: options.version, build, sendsMail: hub.sendsMail, databaseKind, demo })
  answerUnknown(server, page, known)
  checkOperations(server.operations)
  await app.ready()
  const enter = () => {
    const { fingerprint, formerFingerprint } = key
    return row.enter({ publicUrl: hub.publicUrl, keyFingerprint: fingerprint, formerFingerprint, isAlone })
  }
  await enter()
  await openKeptKeys(db, key)
  await makeMissingRepositories(db, hub.git, hub)
  if (options.listen) await listen(server, options, enter)
  begun.defer(inTime(beginWork({ db, hub }, options, connection)))
  return {
    port: portOf(server),
    get publicUrl() {
      return hub.publicUrl
    },
    databaseKind,
    setupCode: await openSetupCode(db, hub.key),
    demo,
    db,
    server,
    consoleHandler: (request, response) => asConsole(server, request, response),
    fillDemo: async () => void (await fillDemoData(db, systemAuthor, { git: hub.git, lfs: hub.lfs, links: hub })),
  }
}

function openCalls(options: HubOptions): Pick<Services, 'dns' | 'outbound' | 'countries'> {
  const { dnsServers, privateNetworks, countries } = options
  return { dns: openDns(dnsServers), outbound: openOutbound(privateNetworks), countries }
}

// What is noted in memory, and written down a little later.
function openNotes(db: Db, begun: AsyncDisposableStack): { presence: Presence; downloads: Downloads } {
  const presence = openPresence(db)
  begun.defer(inTime(presence.close))
  const downloads = openDownloads(db)
  begun.defer(inTime(downloads.flush))
  return { presence, downloads }
}

async function openPostgres(options: HubOptions, begun: AsyncDisposableStack): Promise<Connection> {
  if (options.databaseUrl !== '') {
    await requireSessions(options.databaseUrl)
    return options.databaseUrl
  }
  const embedded = await startEmbedded({
    dataDir: options.dataDir,
    log: (message, detail) => log.info({ detail }, message),
    onExit: (reason) => log.fatal({ reason }, 'PostgreSQL keeps stopping'),
  })
  begun.defer(inTime(() => embedded.stop()))
  return embedded.connectionString
}

// An address that follows from the port is known only now.
async function listen(server: Server, options: HubOptions, enterAgain: () => Promise<void>): Promise<void> {
  await server.app.listen({ host: options.host, port: options.port })
  const port = portOf(server)
  if (options.publicUrl === '' && port !== undefined) {
    server.hub.publicUrl = `http://${urlHost(options.host)}:${port}`
    if (port !== options.port) await enterAgain()
  }
}

function portOf(server: Server): number | undefined {
  const address = server.app.server.address()
  return typeof address === 'object' && address !== null ? address.port : undefined
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

// Starts the queue.
function beginWork(
  { db, hub }: { db: Db; hub: Services },
  options: HubOptions,
  connection: Connection,
): () => Promise<void> {
  const transport = options.smtpUrl === '' ? undefined : openTransport({ url: options.smtpUrl, from: options.mailFrom })
  const worker = startWorker({ connection, lanes: hubLanes(db, hub, transport) })
  return async () => {
    await worker.stop()
    transport?.close()
  }
}

function asConsole(server: Server, request: IncomingMessage, response: ServerResponse): void {
  markConsole(request)
  server.app.routing(request, response)
}
