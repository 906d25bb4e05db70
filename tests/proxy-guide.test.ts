// The guide shows how to run a proxy in front of the hub. Here each is run as written, with files that a default would
// refuse.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { git } from './durability/work.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { freePort, makeDataDir, type Program, startProgram } from './program.ts'
import { until } from './until.ts'

const host = 'hub.example.org'
const pushedBytes = 3_000_000
const uploadedBytes = 300_000_000
const chunk = randomBytes(1_000_000)

const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

interface Proxy {
  name: string
  /** Of its block in the guide. */
  language: string
  program: string | undefined
  /** The block of the guide, with this machine's ports and certificate. */
  configure(block: string): string
  words(file: string): string[]
}

let hub: Program
let port: number
let folder: string
let token = ''

async function startBehind(proxy: Proxy): Promise<void> {
  const place = makeDataDir()
  undo.push(place.remove)
  folder = place.path
  port = await freePort()
  token = ''
  hub = await startHub()
  await startProxy(proxy)
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  const made = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  token = String(made.body.token)
}

async function startHub(): Promise<Program> {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  undo.push(() => postgres.stop(), database.drop)
  const started = await startProgram(join(folder, 'data'), {
    DATABASE_URL: database.url,
    GUILDHALL_PUBLIC_URL: `https://${host}:${port}`,
    GUILDHALL_TRUSTED_PROXIES: '127.0.0.1',
    GUILDHALL_LOG_LEVEL: 'warn',
  })
  undo.push(async () => {
    started.child.kill('SIGTERM')
    await started.ended
  })
  return started
}

const nginx: Proxy = {
  name: 'nginx',
  language: 'nginx',
  program: ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path)),
  configure(block) {
    const own = replaced(block, [
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['http://127.0.0.1:8080', hub.url],
    ]).replaceAll('/etc/ssl/', `${folder}/`)
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    )
    return `daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
    events {} http { access_log off; ${paths.join(' ')} ${own} }`
  },
  words: (file) => ['-c', file, '-e', `${folder}/error.log`],
}

// Its own certificates would come from the internet.
const caddy: Proxy = {
  name: 'Caddy',
  language: 'caddyfile',
  program: ['/usr/bin/caddy'].find((path) => existsSync(path)),
  configure(block) {
    const own = replaced(block, [
      [`${host} {`, `${host}:${port} {\n  bind 127.0.0.1\n  tls ${folder}/${host}.pem ${folder}/${host}.key`],
      ['127.0.0.1:8080', new URL(hub.url).host],
    ])
    return `{\n  admin off\n  auto_https disable_redirects\n  storage file_system ${folder}/caddy\n}\n${own}`
  },
  words: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
}

function replaced(block: string, own: [shown: string, here: string][]): string {
  return own.reduce((text, [shown, here]) => {
    assert.ok(text.includes(shown), `the guide has no “${shown}” any more`)
    return text.replace(shown, here)
  }, block)
}

function blockOf({ language }: Proxy): string {
  const guide = readFileSync(join(import.meta.dirname, '../docs/guides/service.md'), 'utf8')
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? assert.fail(language)
}

async function startProxy(proxy: Proxy): Promise<void> {
  const names = ['-keyout', `${folder}/${host}.key`, '-out', `${folder}/${host}.pem`]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${host}`, ...names], {
    stdio: 'ignore',
  })
  const file = `${folder}/proxy.conf`
  writeFileSync(file, proxy.configure(blockOf(proxy)))
  const env = { PATH: process.env.PATH, HOME: folder }
  const child = spawn(proxy.program ?? '', proxy.words(file), { stdio: 'ignore', env })
  undo.push(() => child.kill('SIGKILL'))
  await until(async () => (await ask('GET', '/healthz').catch(() => undefined))?.status === 200)
}

interface Answer {
  status: number
  body: string
  bytes: number
}

interface Body {
  type: string
  chunks: Iterable<Buffer>
  size: number
}

// By the name that people use, whatever resolves it.
function ask(method: string, path: string, body?: Body, more: Record<string, string> = {}) {
  const headers = {
    host: `${host}:${port}`,
    ...more,
    ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': body.type, 'content-length': body.size }),
  }
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      servername: host,
      rejectUnauthorized: false,
      method,
      path,
      headers,
    })
    sent.on('error', reject).on('response', async (response) => {
      const parts: Buffer[] = []
      let bytes = 0
      for await (const part of response) {
        bytes += part.length
        if (bytes < 1_000_000) parts.push(part)
      }
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString(), bytes })
    })
    void write(sent, body?.chunks ?? [])
  })
}

async function write(sent: ReturnType<typeof request>, chunks: Iterable<Buffer>): Promise<void> {
  for (const part of chunks) if (!sent.write(part)) await new Promise((resolve) => sent.once('drain', resolve))
  sent.end()
}

function json(value: unknown): { type: string; chunks: Buffer[]; size: number } {
  const text = Buffer.from(JSON.stringify(value))
  return { type: 'application/json', chunks: [text], size: text.length }
}

async function pushes(): Promise<void> {
  assert.equal((await ask('POST', '/api/repos/create', json({ name: 'pushed' }))).status, 200)
  const clone = join(folder, 'clone')
  mkdirSync(clone)
  await git(clone, ['init', '-q', '-b', 'main'])
  writeFileSync(join(clone, 'weights.txt'), randomBytes(pushedBytes).toString('hex').slice(0, pushedBytes))
  await git(clone, ['add', '.'])
  await git(clone, ['commit', '-q', '-m', 'weights'])
  const thisOnly = ['-c', 'http.sslVerify=false', '-c', `http.curloptResolve=${host}:${port}:127.0.0.1`]
  await git(clone, [...thisOnly, 'push', '-q', `https://ada:${token}@${host}:${port}/ada/pushed`, 'HEAD:big'])
  assert.match((await ask('GET', '/api/models/ada/pushed/tree/big')).body, /weights\.txt/)
}

async function sendsLargeFiles(): Promise<void> {
  assert.equal((await ask('POST', '/api/repos/create', json({ name: 'large' }))).status, 200)
  const chunks = Array.from({ length: uploadedBytes / chunk.length }, () => chunk)
  const hash = createHash('sha256')
  for (const part of chunks) hash.update(part)
  const object = { oid: hash.digest('hex'), size: uploadedBytes }
  const batch = async (operation: 'upload' | 'download') => {
    const wish = json({ operation, transfers: ['basic'], objects: [object], hash_algo: 'sha256' })
    const { body } = await ask('POST', '/ada/large.git/info/lfs/objects/batch', wish)
    return new URL(JSON.parse(body).objects[0].actions[operation].href)
  }
  const up = await batch('upload')
  assert.equal(up.host, `${host}:${port}`)
  const sent = await ask('PUT', up.pathname + up.search, {
    type: 'application/octet-stream',
    chunks,
    size: uploadedBytes,
  })
  assert.equal(sent.status, 200, sent.body)
  const down = await batch('download')
  assert.equal((await ask('GET', down.pathname + down.search)).bytes, uploadedBytes)
}

// Not that of the proxy, nor what the caller claims to be.
async function tellsAddress(): Promise<void> {
  const forged = { 'x-forwarded-for': '198.51.100.7' }
  await ask('POST', '/api/login', json({ username: 'ada', password: 'not the password' }), forged)
  const { body } = await hub.console('GET', '/api/operator/audit-log?q=session.fail')
  const addresses = JSON.stringify(body)
  assert.match(addresses, /127\.0\.0\.0/)
  assert.doesNotMatch(addresses, /198\.51\.100/)
}

for (const proxy of [nginx, caddy]) {
  describe(`${proxy.name} as the guide sets it up`, { skip: proxy.program ? false : 'it is not installed' }, () => {
    before(() => startBehind(proxy))
    it('lets a push of 3 MB through', pushes)
    it('lets a large file of 300 MB through, and back', sendsLargeFiles)
    it('tells the hub who asks', tellsAddress)
  })
}
