import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

export const keycloakVersion = '26.7.3'
/** Where `npm run test:idp` and CI put it. */
export const keycloakFolder = join(import.meta.dirname, '../../.tools', `keycloak-${keycloakVersion}`)

/** One that runs already, where a developer has one. It needs the name and the password below. */
const running = process.env.GUILDHALL_KEYCLOAK_URL

/** Why there is no Keycloak to test against on this machine, said once; or nothing. */
export function whyNoKeycloak(): string | undefined {
  if (running) return undefined
  const why = !existsSync(keycloakFolder)
    ? 'Keycloak is not in .tools/ (npm run test:idp puts it there)'
    : spawnSync('java', ['-version']).status !== 0
      ? 'no Java was found'
      : undefined
  if (why) process.stdout.write(`# skipped: ${why}, so single sign-on is not tried with Keycloak\n`)
  return why
}

/** A running Keycloak, and its admin API. */
export interface Keycloak {
  url: string
  /** Calls the admin API: a path below `/admin/realms`. Answers the parsed body; throws for any refusal. */
  admin<T = unknown>(method: string, path: string, body?: unknown): Promise<T>
  stop(): Promise<void>
}

const admin = { name: 'admin', password: 'admin-of-the-test' }

/** Starts Keycloak with an empty database in memory, as another site than the hub: the host is `localhost`. */
export async function startKeycloak(): Promise<Keycloak> {
  if (running) return keycloakAt(running, async () => undefined)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const words = ['start-dev', '--db=dev-mem', `--http-port=${port}`, '--http-management-port=0', `--hostname=${url}`]
  const env = {
    ...process.env,
    JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx400m',
    KC_BOOTSTRAP_ADMIN_USERNAME: admin.name,
    KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
  }
  // A group of its own: the script starts Java as a child.
  const program = spawn('bash', [join(keycloakFolder, 'bin/kc.sh'), ...words], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await untilReady(program, url)
  return keycloakAt(url, () => stop(program))
}

function keycloakAt(url: string, stop: () => Promise<void>): Keycloak {
  return { url, admin: (method, path, body) => callAdmin(url, method, path, body), stop }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

function untilReady(program: ChildProcess, url: string): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    const read = (part: Buffer) => {
      said += part
      if (/Listening on:/.test(said)) resolve()
    }
    program.stdout?.on('data', read)
    program.stderr?.on('data', read)
    program.once('exit', (code) => reject(new Error(`Keycloak at ${url} ended with ${code}:\n${said.slice(-2000)}`)))
  })
}

async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.pid === undefined) return
  const ended = new Promise((done) => program.once('exit', done))
  process.kill(-program.pid, 'SIGKILL')
  await ended
}

async function callAdmin<T>(url: string, method: string, path: string, body: unknown): Promise<T> {
  const isText = typeof body === 'string'
  const reply = await fetch(`${url}/admin/realms${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await adminToken(url)}`,
      'content-type': isText ? 'text/plain' : 'application/json',
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function adminToken(url: string): Promise<string> {
  const form = { grant_type: 'password', client_id: 'admin-cli', username: admin.name, password: admin.password }
  const reply = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const { access_token } = (await reply.json()) as { access_token: string }
  return access_token
}
