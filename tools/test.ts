// npm test: every test, or those whose file is named: `npm test -- members-bulk`, `npm test -- tests/e2e`. Options of the
// test runner pass through: `npm test -- members --test-name-pattern=leave`.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { constants } from 'node:os'
import { root } from './files.ts'
import { makeQuickFolder } from './quick-folder.ts'

const given = process.argv.slice(2)
const names = given.filter((word) => !word.startsWith('-'))
const options = [...(process.env.GUILDHALL_TEST_OPTIONS ?? '').split(' '), ...given].filter((word) =>
  word.startsWith('-'),
)

const isWanted = (file: string) => names.length === 0 || names.some((name) => file.includes(name))
const files = globSync('{api,cli,server,tests,tools,web}/**/*.test.ts', { cwd: root }).sort().filter(isWanted)

// Tests of pieces and pages share the process of this one, which finds them by the same names.
const pages = 'tests/web/pages.test.ts'
if (!files.includes(pages) && globSync('web/**/*.test.tsx', { cwd: root }).some(isWanted)) files.push(pages)

if (files.length === 0) {
  console.error(`No test file's path contains “${names.join('” or “')}”.`)
  process.exitCode = 1
} else {
  runTests()
}

function runTests(): void {
  const settings = [
    '--test',
    '--test-global-setup=tests/global-setup.ts',
    '--test-concurrency=2',
    '--test-timeout=600000',
  ]
  const quick = makeQuickFolder()
  const env = { ...process.env, ...quick?.variables, GUILDHALL_TEST_PARTS: names.join(' ') }
  const child = spawn(process.execPath, [...settings, ...options, ...files], { cwd: root, stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.once('exit', (code, signal) => {
    quick?.remove()
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  })
}
