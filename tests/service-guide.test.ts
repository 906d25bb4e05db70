// The guide says what to keep of a container. Here is run what it says: a hub is started as there, is filled, and is started
// again with only what is kept; everything must be there.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { git } from './durability/work.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'
import { makeDataDir, type Program, startProgram } from './program.ts'

const guide = readFileSync(join(import.meta.dirname, '../docs/guides/service.md'), 'utf8')
const container = guide.slice(guide.indexOf('## In a container'), guide.indexOf('## More than one process'))
const undo: (() => unknown)[] = []
after(async () => {
  for (const step of undo.reverse()) await step()
})

interface Kept {
  names: RegExp[]
  /** The setting that makes it needless; undefined where it is always needed. */
  unless: string | undefined
  isKept: boolean
}

function keptTable(): Kept[] {
  const rows = [...container.matchAll(/^\| (`[^|]+) \| [^|]+ \| ([^|]+) \|$/gm)]
  return rows.map(([, names = '', needed = '']) => ({
    names: [...names.matchAll(/`([^`]+)`/g)].map(
      ([, name = '']) => new RegExp(`^${name.replace(/\/$/, '').replace('.*', '\\..*')}$`),
    ),
    unless: /unless `?([A-Z_]+|[^`]*S3 store)/.exec(needed)?.[1],
    isKept: needed.includes('**always**'),
  }))
}

function variable(name: string): string {
  return new RegExp(`\\b${name}=(\\S+)`).exec(container)?.[1] ?? ''
}

test('both set-ups run Guildhall as an account of its own', () => {
  assert.match(guide, /useradd --system .* guildhall\n/)
  assert.match(guide, /^User=guildhall$/m)
  const steps = /```dockerfile\n([\s\S]*?)```/.exec(container)?.[1] ?? ''
  assert.match(steps, /^USER (?!root$|0$)\S+\n(?!.*^USER )[\s\S]*^CMD /m)
})

test('every recipe gives the data folder a volume that outlives the container', () => {
  const data = variable('GUILDHALL_DATA_DIR')
  assert.equal(data, '/data')
  assert.match(container, new RegExp(`^VOLUME ${data}$`, 'm'))
  const runs = container.match(/docker run [\s\S]*?\n```/g) ?? []
  assert.ok(runs.length > 0)
  for (const run of runs) assert.match(run, new RegExp(`--volume [a-z-]+:${data}\\b`))
  const compose = /```yaml\n([\s\S]*?)```/.exec(container)?.[1] ?? ''
  assert.match(compose, new RegExp(`volumes: \\["guildhall-data:${data}"\\]`))
  assert.match(compose, /^volumes:\n {2}guildhall-data:/m)
  const several = guide.slice(guide.indexOf('## More than one process'))
  const [, shared = ''] = /--env GUILDHALL_REPOSITORIES_DIR=(\S+)/.exec(several) ?? []
  assert.match(several, new RegExp(`--volume [a-z-]+:${shared}\\b`))
})

for (const kind of ['embedded', 'external'] as const) {
  test(`a container with only what is kept has everything again, with ${kind} database`, async () => {
    const data = makeDataDir()
    const clones = makeDataDir()
    undo.push(data.remove, clones.remove)
    const environment = kind === 'embedded' ? { DATABASE_URL: '' } : await external()
    const first = await startProgram(data.path, { ...environment, GUILDHALL_LOG_LEVEL: 'warn' })
    undo.push(() => first.child.kill('SIGKILL'))
    const token = await fill(first, clones.path)
    first.child.kill('SIGTERM')
    await first.ended
    keepOnly(data.path, new Set(Object.keys(environment).filter((name) => environment[name] !== '')))
    const second = await startProgram(data.path, { ...environment, GUILDHALL_LOG_LEVEL: 'warn' })
    undo.push(() => second.child.kill('SIGKILL'))
    await cloneAgain(second, token, clones.path)
    second.child.kill('SIGTERM')
    await second.ended
  })
}

async function external(): Promise<Record<string, string>> {
  const postgres = await startTestPostgres()
  const database = await makeDatabase(postgres.url)
  undo.push(() => postgres.stop(), database.drop)
  return { DATABASE_URL: database.url, GUILDHALL_SECRET_KEY: 'a key that is given to the container' }
}

// What the guide does not know, or calls needless, goes as it would with the container.
function keepOnly(dataDir: string, set: ReadonlySet<string>): void {
  const table = keptTable()
  assert.ok(table.length >= 5)
  const away = `${dataDir}-before`
  renameSync(dataDir, away)
  undo.push(() => rmSync(away, { recursive: true, force: true }))
  mkdirSync(dataDir, { mode: 0o700 })
  for (const name of readdirSync(away)) {
    const row = table.find(({ names }) => names.some((pattern) => pattern.test(name)))
    assert.ok(row, `the guide says nothing of ${name} in the data folder`)
    if (row.isKept && !set.has(row.unless ?? '')) renameSync(join(away, name), join(dataDir, name))
  }
}

const content = randomBytes(2000).toString('base64')

async function fill(hub: Program, folder: string): Promise<string> {
  await hub.console('POST', '/api/operator/people', { username: 'ada', email: 'ada@example.org' })
  await hub.console('POST', '/api/operator/organizations', { name: 'acme', admin: 'ada' })
  const { body } = await hub.console('POST', '/api/operator/people/ada/tokens', { name: 'test', role: 'write' })
  const headers = { authorization: `Bearer ${body.token}` }
  const made = await fetch(`${hub.url}/api/repos/create`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'kept', organization: 'acme', type: 'model' }),
  })
  assert.equal(made.status, 200)
  const lines = [
    { key: 'header', value: { summary: 'weights' } },
    { key: 'file', value: { path: 'weights.safetensors', content, encoding: 'base64' } },
  ]
  const committed = await fetch(`${hub.url}/api/models/acme/kept/commit/main`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  })
  assert.equal(committed.status, 200)
  await git(folder, ['clone', '-q', remote(hub, String(body.token)), 'first'])
  const clone = join(folder, 'first')
  writeFileSync(join(clone, 'pushed.txt'), 'by git')
  await git(clone, ['add', '.'])
  await git(clone, ['commit', '-q', '-m', 'pushed'])
  await git(clone, ['push', '-q', 'origin', 'HEAD:main'])
  return String(body.token)
}

async function cloneAgain(hub: Program, token: string, folder: string): Promise<void> {
  await git(folder, ['clone', '-q', remote(hub, token), 'second'])
  assert.ok(existsSync(join(folder, 'second/pushed.txt')))
  const reply = await fetch(`${hub.url}/acme/kept/resolve/main/weights.safetensors`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(reply.status, 200)
  assert.equal(Buffer.from(await reply.arrayBuffer()).toString('base64'), content)
}

function remote(hub: Program, token: string): string {
  return `${hub.url}/acme/kept`.replace('://', `://ada:${token}@`)
}
