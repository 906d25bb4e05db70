// npm run check: every check that needs no database, side by side; what failed is shown in full, the rest in one line.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'

interface Step {
  name: string
  command: readonly [string, ...string[]]
}

// The compiler keeps what it found out, so that the next check looks only at what changed and what depends on it.
function remembering(name: string): string[] {
  return ['--incremental', '--tsBuildInfoFile', `node_modules/.cache/${name}.tsbuildinfo`]
}

// The slowest first, so that they run beside the others.
const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json', ...remembering('types')] },
  { name: 'types of the pages', command: ['tsc', '-p', 'web/tsconfig.json', ...remembering('pages')] },
  { name: 'unused code', command: ['knip', '--no-progress', '--treat-config-hints-as-errors'] },
  {
    name: 'lint',
    command: ['biome', 'ci', '--formatter-enabled=false', '--max-diagnostics=50', '--error-on-warnings', '.'],
  },
  { name: 'format (npm run format)', command: ['biome', 'format', '--reporter=summary', '.'] },
  { name: 'imports', command: ['node', 'tools/imports.ts'] },
  { name: 'source', command: ['node', 'tools/source.ts'] },
  { name: 'lock', command: ['node', 'tools/lock.ts'] },
  { name: 'reference', command: ['node', 'tools/generate.ts', '--check'] },
]

interface Outcome {
  name: string
  code: number
  output: string
  seconds: number
}

function run({ name, command }: Step): Promise<Outcome> {
  const began = performance.now()
  const [program, ...words] = command
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const parts: string[] = []
    child.stdout.on('data', (part) => parts.push(String(part)))
    child.stderr.on('data', (part) => parts.push(String(part)))
    const end = (code: number, note = '') =>
      resolve({ name, code, output: parts.join('') + note, seconds: (performance.now() - began) / 1000 })
    child.on('error', (error) => end(1, error.message))
    child.on('close', (code) => end(code ?? 1))
  })
}

function report({ name, code, output, seconds }: Outcome): void {
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`)
  if (code !== 0) console.log(`${output.trimEnd()}\n`)
}

const waiting = [...steps]
const failed: string[] = []

async function work(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const outcome = await run(step)
    report(outcome)
    if (outcome.code !== 0) failed.push(outcome.name)
  }
}

await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, work))
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
