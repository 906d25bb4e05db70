// The guide shows how to run nginx in front of the hub. Here it is run as written, with files that a default would refuse.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
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

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path))
const options = nginx === undefined ? { skip: 'nginx is not installed' } : {}

let hub: Program
let port: number
let folder: string
let token = ''

before(async () => {
  if (nginx === undefined) return
  const place = makeDataDir()
  undo.push(place.remove)
  folder = place.path
  port = await freePort()
  hub = await startHub()
  await startNginx(nginx)
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  const made = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  token = String(made.body.token)
})

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

// The block of the guide, with this machine's ports and certificate.
function configuration(): string {
  const guide = readFileSync(join(import.meta.dirname, '../docs/guides/service.md'), 'utf8')
  const [, block = ''] = /```nginx\n([\s\S]*?)```/.exec(guide) ?? []
  const own = block
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('http://127.0.0.1:8080', hub.url)
    .replaceAll('/etc/ssl/', `${folder}/`)
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  return `daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
    events {} http { access_log off; ${paths.join(' ')} ${own} }`
}

async function startNginx(program: string): Promise<void> {
  const names = ['-keyout', `${folder}/${host}.key`, '-out', `${folder}/${host}.pem`]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${host}`, ...names], {
    stdio: 'ignore',
  })
  writeFileSync(`${folder}/nginx.conf`, configuration())
  const child = spawn(program, ['-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], { stdio: 'ignore' })
  undo.push(() => child.kill('SIGKILL'))
  await until(async () => (await ask('GET', '/healthz').catch(() => undefined))?.status === 200)
}

interface Answer {
  status: number
  body: string
  bytes: number
}

// By the name that people use, whatever resolves it.
function ask(method: string, path: string, body?: { type: string; chunks: Iterable<Buffer>; size: number }) {
  const headers = {
    host: `${host}:${port}`,
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

test('a push of 3 MB goes through nginx as the guide sets it up', options, async () => {
  assert.equal((await ask('POST', '/api/repos/create', json({ name: 'pushed' }))).status, 200)
  const clone = join(folder, 'clone')
  mkdirSync(clone)
  await git(clone, ['init', '-q', '-b', 'main'])
  writeFileSync(join(clone, 'weights.txt'), randomBytes(pushedBytes).toString('hex').slice(0, pushedBytes))
  await git(clone, ['add', '.'])
  await git(clone, ['commit', '-q', '-m', 'weights'])
  const nginxOnly = ['-c', 'http.sslVerify=false', '-c', `http.curloptResolve=${host}:${port}:127.0.0.1`]
  await git(clone, [...nginxOnly, 'push', '-q', `https://ada:${token}@${host}:${port}/ada/pushed`, 'HEAD:big'])
  assert.match((await ask('GET', '/api/models/ada/pushed/tree/big')).body, /weights\.txt/)
})

test('a large file of 300 MB goes through nginx, and comes back', options, async () => {
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
})
