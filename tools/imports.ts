// Checks who imports whom, and that the check saw every file: one that sees nothing finds nothing wrong.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { projectFiles, root } from './files.ts'

interface Cruised {
  modules: { source: string; dependencies: unknown[] }[]
  summary: { violations: { from: string; to: string; rule: { name: string } }[]; ruleSetUsed: { forbidden: Rule[] } }
}

interface Rule {
  name: string
  comment?: string
}

const folders = ['api', 'server', 'web', 'cli', 'tests', 'bench', 'tools'].filter((folder) => existsSync(root + folder))

const { modules, summary } = cruise()
const problems = [...violations(), ...blindSpots()]
for (const problem of problems) console.error(problem)
console.log(`${modules.length} modules`)
process.exitCode = problems.length === 0 ? 0 : 1

function cruise(): Cruised {
  const words = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders]
  const output = execFileSync('depcruise', words, {
    cwd: root,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output.toString()) as Cruised
}

function violations(): string[] {
  const why = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment ?? '']))
  return summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${rule.name}. ${why.get(rule.name) ?? ''}`)
}

function blindSpots(): string[] {
  const seen = new Map(modules.map(({ source, dependencies }) => [source, dependencies.length]))
  const source = projectFiles().filter(
    (file) => /^[^/]+\/.*\.tsx?$/.test(file) && folders.includes(file.split('/')[0] ?? ''),
  )
  return source.flatMap((file) => {
    if (!seen.has(file)) return [`${file} was not seen by dependency-cruiser; the rules about imports are blind there.`]
    const imports = /^(import|export) .*from '/m.test(readFileSync(root + file, 'utf8'))
    return imports && seen.get(file) === 0 ? [`${file} imports, but dependency-cruiser saw none of it.`] : []
  })
}
