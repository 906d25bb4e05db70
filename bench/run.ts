import { readFile, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import pg from 'pg'
import { digest, randomText } from '../server/kernel/secret.ts'
import { makeDataDir, startProgram } from '../tests/program.ts'
import { measureAccess } from './access.ts'
import { measureActivity } from './activity.ts'
import { measureBulk } from './bulk.ts'
import { measureFiles } from './files.ts'
import { measureGates } from './gates.ts'
import { measureGit } from './git.ts'
import { measureGrowth } from './growth.ts'
import { measureInvitations } from './invitations.ts'
import { measureLfs } from './lfs.ts'
import type { Figure, Verdict } from './measure.ts'
import { measureMembers } from './members.ts'
import { measureOffboarding } from './offboarding.ts'
import { measurePaint } from './paint.ts'
import { measurePair } from './pair.ts'
import { type Place, startPlace } from './place.ts'
import { type BenchPostgres, benchSecret, debianPostgres, embeddedPostgres } from './processes.ts'
import { measureProfile } from './profile.ts'
import { measureRates } from './rates.ts'
import { measureRequests } from './requests.ts'
import { measureRoles } from './roles.ts'
import { measureScim } from './scim.ts'
import { measureSnapshot } from './snapshot.ts'
import { measureSso } from './sso.ts'
import { measureStart } from './start.ts'
import { measureTab } from './tab.ts'
import { measureTokens } from './tokens.ts'
import { type BenchWorld, fillWorld } from './world.ts'
import { measureXet } from './xet.ts'

const seconds = Number(process.env.BENCH_SECONDS ?? 8)
const database = 'bench'
// Requests are counted as they are for everyone, and no one reaches a limit.
process.env.GUILDHALL_RATE_LIMITS ??= 'api=900000000,resolvers=900000000'
process.env.GUILDHALL_ANONYMOUS_RATE_LIMITS ??= 'api=900000000,resolvers=900000000,pages=900000000'
// The OpenID provider of the measurements is on this machine.
process.env.GUILDHALL_PRIVATE_NETWORKS ??= '127.0.0.0/8'

interface Section {
  title: string
  figures: Figure[]
}

// `npm run bench -- git` measures one part only, and leaves the results as they are; with `--write` it puts its figures there.
const keeps = process.argv.includes('--write')
const asked = process.argv.slice(2).filter((word) => word !== '--write')
const wants = (part: string) => asked.length === 0 || asked.includes(part)

const repositoryParts: Record<string, { title: string; measure: (place: Place) => Promise<Figure[]> }> = {
  git: { title: 'Clone and push', measure: measureGit },
  lfs: { title: 'Large files', measure: measureLfs },
  xet: { title: 'Large files by the Python client', measure: measureXet },
  files: { title: 'Files by the API', measure: (place) => measureFiles(place, seconds) },
  snapshot: { title: 'Download of a repository', measure: measureSnapshot },
}

const sections: Section[] = []
for (const [part, { title, measure }] of Object.entries(repositoryParts)) {
  if (!wants(part)) continue
  const place = await startPlace()
  try {
    sections.push(told({ title, figures: await measure(place) }))
  } finally {
    await place.stop()
  }
}
for (const start of wants('people') ? [embeddedPostgres, debianPostgres] : []) {
  const postgres = await start()
  if (postgres === undefined) continue
  sections.push(...(await measureOn(postgres)))
  await postgres.stop()
}
type InWorld<T> = (url: string, world: BenchWorld, connection: string, hubProcess: number) => Promise<T>
const manyParts: Record<string, { title: string; measure: InWorld<Figure[]> }> = {
  access: { title: 'Who has access', measure: measureAccess },
  activity: { title: 'Who is active', measure: measureActivity },
  bulk: { title: 'Many members at once', measure: measureBulk },
  gates: { title: 'Gated repositories', measure: measureGates },
  offboarding: { title: 'Offboarding', measure: measureOffboarding },
  pair: {
    title: 'Two hubs on one PostgreSQL',
    measure: (url, world, connection) => measurePair(url, world, connection, seconds),
  },
  profile: {
    title: 'Where the time goes',
    measure: (url, world, connection) => measureProfile(url, world, connection, seconds),
  },
  rates: {
    title: 'Rate limits',
    measure: (url, world, connection) => measureRates(url, world, connection, seconds),
  },
  scim: { title: 'Provisioning by SCIM', measure: measureScim },
  sso: {
    title: 'Single sign-on',
    measure: (url, world, _connection, hubProcess) => measureSso(url, world, hubProcess),
  },
  tokens: { title: 'Access tokens', measure: measureTokens },
}
for (const [part, { title, measure }] of Object.entries(manyParts)) {
  if (!wants(part)) continue
  const postgres = await embeddedPostgres()
  try {
    sections.push(told({ title, figures: await inWorld(postgres, measure) }))
  } finally {
    await postgres.stop()
  }
}
if (wants('growth'))
  sections.push(told({ title: 'Member pages while an organization grows', figures: await measureGrowth() }))
if (wants('invitations')) sections.push(told({ title: 'Invitations', figures: await measureInvitations() }))
if (wants('paint')) sections.push(told({ title: 'A first visit', figures: await measurePaint() }))
if (wants('start')) sections.push({ title: 'Start and memory', figures: await measureStart() })
const results = new URL('./RESULTS.md', import.meta.url)
if (asked.length === 0) await writeFile(results, report(sections))
else if (keeps) await writeFile(results, withNew(await readFile(results, 'utf8')))
const missed = sections.flatMap(({ figures }) => figures).filter(({ verdict }) => verdict?.missedBy !== undefined)
process.stdout.write(`${missed.length} goals missed${asked.length === 0 || keeps ? '; see bench/RESULTS.md' : ''}\n`)

function told(section: Section): Section {
  process.stdout.write(`${section.title}\n${section.figures.map((figure) => `  ${line(figure)}`).join('\n')}\n`)
  return section
}

async function measureOn(postgres: BenchPostgres): Promise<Section[]> {
  return inWorld(postgres, async (url, world) => {
    const found: Section[] = []
    const add = (title: string, figures: Figure[]) =>
      found.push(told({ title: `${title} — ${postgres.kind}`, figures }))
    add('Requests', await measureRequests(url, postgres.url(database), world, seconds))
    add('Role changes', await measureRoles(url, postgres, world, seconds))
    add('Member pages', await measureMembers(url, world))
    add('A browser tab', await measureTab(url, await makeSession(world)))
    return found
  })
}

/** Starts a hub on a database full of people, for as long as something is measured. */
async function inWorld<T>(postgres: BenchPostgres, measure: InWorld<T>): Promise<T> {
  await createDatabases(postgres)
  const folder = makeDataDir()
  const environment = {
    DATABASE_URL: postgres.url(database),
    GUILDHALL_LOG_LEVEL: 'warn',
    GUILDHALL_SECRET_KEY: benchSecret,
  }
  const program = await startProgram(folder.path, environment)
  const world = await fillWorld(postgres.url(database))
  try {
    return await measure(program.url, world, postgres.url(database), program.child.pid ?? 0)
  } finally {
    await world.close()
    program.child.kill('SIGTERM')
    await program.ended
    folder.remove()
  }
}

async function createDatabases(postgres: BenchPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') })
  await client.connect()
  for (const name of [database, 'peer'])
    await client.query(`create database ${name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`)
  await client.end()
}

async function makeSession(world: BenchWorld): Promise<string> {
  const secret = randomText(40)
  await world.query(
    `insert into sessions (id, user_id, hash, rotated_at, created_at, last_seen_at, confirmed_at, expires_at)
     select id, id, $1, now(), now(), now(), now(), now() + interval '1 day' from users where name = 'person-0'`,
    [digest(secret)],
  )
  return secret
}

function line({ name, value, unit, verdict, note }: Figure): string {
  const judged = verdict ? ` (goal ${inWords(verdict)})` : ''
  return `${name}: ${shown(value)} ${unit}${judged}${note ? `; ${note}` : ''}`
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 10 ? 2 : 1)
}

function report(all: Section[]): string {
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}`
  const head = [
    '# Measured',
    '',
    `By \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${machine}. Client and server share the cores; ${seconds} seconds a figure.`,
    'Absolute figures vary with the machine; the ratios to the peers, measured in the same run, say more.',
    '',
  ]
  return `${[...head, ...all.flatMap(table)].join('\n')}\n`
}

// What was measured now, each part with its day, in the place of what was measured before under the same title, or at the end.
function withNew(text: string): string {
  const said = `Measured by itself on ${new Date().toISOString().slice(0, 10)}.`
  const parts = new Map(text.split(/^(?=## )/m).map((part) => [part.split('\n')[0], part.trimEnd()]))
  for (const [title = '', ...lines] of sections.map(table))
    parts.set(title, [title, '', said, ...lines].join('\n').trimEnd())
  return `${[...parts.values()].join('\n\n')}\n`
}

function inWords({ goal, missedBy }: Verdict): string {
  return missedBy === undefined ? `${goal}: met` : `${goal}: **missed by ${missedBy}**`
}

function table({ title, figures }: Section): string[] {
  const rows = figures.map(({ name, value, unit, verdict, note, why }) => {
    const said = verdict?.missedBy === undefined ? note : [note, why].filter(Boolean).join('. ')
    return `| ${name} | ${shown(value)} ${unit} | ${verdict ? inWords(verdict) : ''} | ${said ?? ''} |`
  })
  return [`## ${title}`, '', '| figure | measured | goal | note |', '| --- | --- | --- | --- |', ...rows, '']
}
