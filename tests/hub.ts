import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import * as api from '../api/index.ts'
import type { Countries } from '../server/countries/countries.ts'
import { type RunningHub, startHub } from '../server/http/hub.ts'
import type { StorageOptions } from '../server/http/storage.ts'
import { moveClock } from '../server/kernel/clock.ts'
import { log } from '../server/kernel/log.ts'
import type { KeyFile } from '../server/keys/instance-key.ts'
import type { MailKind } from '../server/mail/limits.ts'
import { type MailBody, renderMail } from '../server/mail/templates.ts'
import type { Db } from '../server/store/database.ts'
import { checkHeld } from '../server/store/held.ts'
import { newDeviceSubject } from '../server/users/addresses/mails.ts'
import { noRateLimits, type RateLimits } from '../server/users/rates/limits.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { makeToken } from './world.ts'

/** Someone with an account, and ways to call in their name. */
export interface Person {
  name: string
  id: string
  password: string
  email: string
  /** A write token; `readToken` makes one that may only read. */
  token: string
  client: api.Client
}

/** A reply as a test looks at it. */
export interface Reply {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape
  body: any
  headers: Headers
}

export interface TestHub {
  url: string
  db: Db
  running: RunningHub
  /** Creates an account with a verified address and a write token. */
  person(name: string, options?: { operator?: boolean }): Promise<Person>
  /** Creates an organization with members: `{ada: 'admin', bob: 'read'}`; people are created as needed. */
  organization(
    name: string,
    members: Record<string, api.OrgRole>,
  ): Promise<{ id: string; people: Record<string, Person> }>
  readToken(person: Person): Promise<string>
  /** Any request, in anybody's name: a person, a token, or no one. */
  request(
    who: Person | string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>
  /** A request through the socket of the server's own command line, also in the name of a token's owner. */
  console(method: string, path: string, body?: unknown, token?: string): Promise<Reply>
  /** Events of an organization's log (or `instance`), oldest first. */
  events(
    scope: string,
  ): Promise<{ type: string; message: string; data: Record<string, unknown>; author: { user: string } }[]>
  /**
   * Every mail, the oldest first, but for notices of sign-ins (each sign-in of a test is from a new browser) and those to
   * members about their own membership, which the clock sends.
   */
  mails(): Promise<{ recipient: string; subject: string; text_body: string }[]>
  moveClock(ms: number): void
  stop(): Promise<void>
}

export const testPassword = 'correct horse battery'
const ownMembership: MailKind = 'own_membership'
/** What the hubs of the tests sign with. */
export const testSecret = 'test key test key test key test key'

/** As the settings are unless someone sets them, for small disks. */
export const testStorage: StorageOptions = {
  repositoriesDir: '',
  diskReserveBytes: 64 * 1024 ** 2,
  gitTransfers: 0,
  maxPushBytes: 10 * 1024 ** 3,
  maxCommitBytes: 50 * 1024 ** 3,
  maxLfsObjectBytes: 500 * 1024 ** 3,
  hasXet: true,
  lfsS3: undefined,
}

// Kept too, because work that goes on after an error would hide it
const slowCalls: string[] = []
checkHeld((what) => slowCalls.push(what))

const started: (() => Promise<void>)[] = []
// Registered here, at the root: a hook registered inside a hook would run at that hook's end.
after(async () => {
  for (const stop of started) await stop()
  if (slowCalls.length > 0) throw new Error(`slow calls inside transactions:\n${slowCalls.join('\n')}`)
})

/** Starts a whole hub on a database of its own; it ends with the test file. */
export async function startTestHub(
  options: {
    smtpUrl?: string
    publicUrl?: string
    storage?: Partial<StorageOptions>
    dataDir?: string
    keyFile?: KeyFile
    dnsServers?: string[]
    privateNetworks?: string[]
    rates?: RateLimits
    trustedProxies?: string[]
    allowedHosts?: string[]
    isShared?: boolean
    isDemo?: boolean
    countries?: Countries | undefined
    /** What stands between the hub and its database: answers the address to connect to instead. */
    through?: (databaseUrl: string) => Promise<string>
  } = {},
): Promise<TestHub> {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  const drop = async () => {
    await database.drop()
    await postgres.stop()
  }
  return startOn((await options.through?.(database.url)) ?? database.url, options, drop)
}

/** Starts another process of the same installation: one database and one folder of repositories. It ends with the first. */
export async function startBeside(hub: TestHub): Promise<TestHub> {
  const { databaseUrl, repositoriesDir, rates, trustedProxies } = places.get(hub) ?? nowhere
  const options = { publicUrl: hub.running.publicUrl, storage: { repositoriesDir }, rates, trustedProxies }
  return startOn(databaseUrl, options, async () => undefined)
}

type TestOptions = NonNullable<Parameters<typeof startTestHub>[0]>

// As root, git runs as another account, which has to get to the repositories.
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-hub-'))
  chmodSync(folder, 0o711)
  return folder
}

const nowhere = { databaseUrl: '', repositoriesDir: '', rates: noRateLimits, trustedProxies: [] as string[] }
const places = new WeakMap<TestHub, typeof nowhere>()

async function startOn(databaseUrl: string, options: TestOptions, drop: () => Promise<void>): Promise<TestHub> {
  log.level = process.env.GUILDHALL_LOG_LEVEL ?? 'silent'
  const dataDir = options.dataDir ?? openFolder()
  const running = await startHub({
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: options.publicUrl ?? '',
    databaseUrl,
    secretKey: testSecret,
    keyFile: options.keyFile,
    smtpUrl: options.smtpUrl ?? '',
    mailFrom: 'Guildhall <guildhall@localhost>',
    trustedProxies: options.trustedProxies ?? [],
    reach: { allowedHosts: options.allowedHosts ?? [], isShared: options.isShared ?? true },
    version: '0.0.0-test',
    listen: true,
    storage: { ...testStorage, ...options.storage },
    dnsServers: options.dnsServers ?? [],
    privateNetworks: options.privateNetworks ?? [],
    rates: options.rates ?? noRateLimits,
    isDemo: options.isDemo ?? false,
    countries: options.countries,
  })
  const socket = join(dataDir, 'console.sock')
  const consoleServer = createServer(running.consoleHandler).listen(socket)
  const stop = once(async () => {
    moveClock(0)
    consoleServer.close()
    consoleServer.closeAllConnections()
    await running.stop()
    await drop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  // Those beside another one end before it
  started.unshift(stop)
  const hub = testHub(running, socket, stop)
  const repositoriesDir = options.storage?.repositoriesDir || dataDir
  const { rates = noRateLimits, trustedProxies = [] } = options
  places.set(hub, { databaseUrl, repositoriesDir, rates, trustedProxies })
  return hub
}

function testHub(running: RunningHub, socket: string, stop: () => Promise<void>): TestHub {
  const address = running.server.app.server.address()
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : running.publicUrl
  const people = new Map<string, Person>()
  const hub: TestHub = {
    url,
    db: running.db,
    running,
    person: async (name, options = {}) => {
      const known = people.get(name)
      if (known) return known
      const person = await makePerson(hub, name, options)
      people.set(name, person)
      return person
    },
    organization: async (name, members) => makeOrganization(hub, name, members),
    readToken: async (person) => {
      return makeToken(running.db, person, 'read', 'read')
    },
    request: (who, method, path, body, headers) => send(url, who, { method, path, body, headers: headers ?? {} }),
    console: (method, path, body, token) => consoleRequest(socket, method, path, { body, token }),
    events: async (scope) => {
      const rows = await running.db
        .selectFrom('audit_events')
        .select('event')
        .where('scope', '=', scope)
        .orderBy('seq')
        .execute()
      return rows.map((row) => JSON.parse(row.event))
    },
    mails: async () => {
      const rows = await running.db
        .selectFrom('mails')
        .select(['recipient', 'subject', 'body', 'kind'])
        .orderBy('id')
        .execute()
      return rows
        .filter(({ subject, kind }) => subject !== newDeviceSubject && kind !== ownMembership)
        .map(({ recipient, subject, body }) => {
          const { text } = renderMail({ subject, body: body as unknown as MailBody }, running)
          return { recipient, subject, text_body: text }
        })
    },
    moveClock,
    stop,
  }
  return hub
}

async function makePerson(hub: TestHub, name: string, options: { operator?: boolean }): Promise<Person> {
  const email = `${name.toLowerCase()}@example.org`
  const made = await hub.console('POST', '/api/operator/people', {
    username: name,
    email,
    password: testPassword,
    ...options,
  })
  if (made.status !== 201) throw new Error(`could not create ${name}: ${JSON.stringify(made.body)}`)
  const token = await makeToken(hub.db, made.body, 'write', 'test')
  const client = api.createClient({ baseUrl: hub.url, headers: { authorization: `Bearer ${token}` } })
  return { name, id: made.body.id, password: testPassword, email, token, client }
}

async function makeOrganization(hub: TestHub, name: string, members: Record<string, api.OrgRole>) {
  const people: Record<string, Person> = {}
  for (const member of Object.keys(members)) people[member] = await hub.person(member)
  const founder = Object.keys(members).find((member) => members[member] === 'admin')
  const made = await hub.console('POST', '/api/operator/organizations', { name, admin: founder })
  if (made.status !== 201) throw new Error(`could not create ${name}: ${JSON.stringify(made.body)}`)
  for (const [username, role] of Object.entries(members)) {
    if (username === founder) continue
    const added = await hub.console('POST', `/api/operator/organizations/${name}/members`, { username, role })
    if (added.status !== 201) throw new Error(`could not add ${username}: ${JSON.stringify(added.body)}`)
  }
  return { id: made.body.id as string, people }
}

async function send(
  url: string,
  who: Person | string | undefined,
  { method, path, body, headers }: { method: string; path: string; body: unknown; headers: Record<string, string> },
): Promise<Reply> {
  const token = typeof who === 'string' ? who : who?.token
  const sent: Record<string, string> = { ...headers }
  if (token !== undefined) sent.authorization = `Bearer ${token}`
  const raw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined
  if (body !== undefined && sent['content-type'] === undefined) sent['content-type'] = 'application/json'
  const init: RequestInit = { method, headers: sent, redirect: 'manual' }
  if (body !== undefined) init.body = raw ? (body as string) : JSON.stringify(body)
  const response = await fetch(url + path, init)
  return { status: response.status, body: parsed(await response.text()), headers: response.headers }
}

function consoleRequest(
  socketPath: string,
  method: string,
  path: string,
  { body, token }: { body: unknown; token: string | undefined },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const sent = httpRequest({ socketPath, method, path, headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const pairs = Object.entries(response.headers).map(([key, value]) => [key, String(value)] as [string, string])
      resolve({
        status: response.statusCode ?? 0,
        body: parsed(Buffer.concat(chunks).toString()),
        headers: new Headers(pairs),
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}
