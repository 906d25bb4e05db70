import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDataDir, startProgram } from '../tests/program.ts'
import { type Figure, load } from './measure.ts'
import { benchSecret } from './processes.ts'
import type { BenchWorld } from './world.ts'

const connections = 32
const shown = 10
const file = new URL('./PROFILE.md', import.meta.url)

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  /** Microseconds, of the first sample after `startTime` on the machine's monotonic clock. */
  timeDeltas: number[]
  startTime: number
}

/** Where the time of a decided request goes: a CPU profile of the hub under load, its top ten put into PROFILE.md. */
export async function measureProfile(
  hub: string,
  world: BenchWorld,
  connection: string,
  seconds: number,
): Promise<Figure[]> {
  const routes: Record<string, string> = {
    'whoami-v2': '/api/whoami-v2',
    'one resource group by a member': `/api/organizations/hot/resource-groups/${world.groupId}`,
  }
  const figures: Figure[] = []
  for (const [name, path] of Object.entries(routes)) {
    const { perSecond, rows } = await profileOf(path, { hub, world, connection, seconds })
    figures.push({
      name: `${name}, while it is profiled`,
      value: perSecond,
      unit: 'requests/s',
      note: 'see PROFILE.md',
    })
    writeTable(name, rows)
  }
  return figures
}

async function profileOf(
  path: string,
  { hub, world, connection, seconds }: { hub: string; world: BenchWorld; connection: string; seconds: number },
): Promise<{ perSecond: number; rows: string[] }> {
  const folder = makeDataDir()
  const profiles = mkdtempSync(join(tmpdir(), 'guildhall-profile-'))
  const program = await startProgram(folder.path, {
    DATABASE_URL: connection,
    GUILDHALL_PUBLIC_URL: hub,
    GUILDHALL_LOG_LEVEL: 'warn',
    GUILDHALL_SECRET_KEY: benchSecret,
    NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}`,
  })
  const asked = { url: program.url + path, connections, headers: { authorization: `Bearer ${world.memberToken}` } }
  await load({ ...asked, seconds: 2 })
  const from = microseconds()
  const { perSecond } = await load({ ...asked, seconds })
  const to = microseconds()
  program.child.kill('SIGTERM')
  await program.ended
  // The main thread's is the largest: workers write their own
  const texts = readdirSync(profiles).map((name) => readFileSync(join(profiles, name), 'utf8'))
  const profile = JSON.parse(texts.sort((a, b) => b.length - a.length)[0] ?? '{}') as Profile
  rmSync(profiles, { recursive: true, force: true })
  folder.remove()
  return { perSecond, rows: topOf(profile, from, to) }
}

function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function topOf({ nodes, samples, timeDeltas, startTime }: Profile, from: number, to: number): string[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let at = startTime
  for (const [index, sample] of samples.entries()) {
    const delta = timeDeltas[index] ?? 0
    at += delta
    const name = names.get(sample) ?? ''
    if (at >= from && at <= to && name !== '(idle)') times.set(name, (times.get(name) ?? 0) + delta)
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  const top = [...times].sort(([, a], [, b]) => b - a).slice(0, shown)
  return top.map(([name, time]) => `| ${((time / total) * 100).toFixed(1)} % | ${name} |`)
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const place = url.replace(/^.*\/(node_modules|server)\//, (_all, folder) => (folder === 'server' ? 'server/' : ''))
  if (functionName.startsWith('(') && url === '') return functionName
  return `\`${functionName || 'anonymous'}\` ${place === '' ? 'native code of Node' : `${place}:${lineNumber + 1}`}`
}

// The words around the tables are written by hand.
function writeTable(name: string, rows: readonly string[]): void {
  const text = readFileSync(file, 'utf8')
  const [before = '', after = ''] = text.split(`## ${name}\n`)
  const next = after.indexOf('\n## ')
  const rest = next === -1 ? '' : after.slice(next)
  const table = ['', '| share | function |', '| --- | --- |', ...rows, ''].join('\n')
  writeFileSync(file, `${before}## ${name}\n${table}${rest}`)
}
