import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// The long forms of tests that run short every time: the same files, with more rounds. `npm run soak -- durability` runs
// those whose path contains the word, and `npm run soak -- --newest clients` those of the clients with the versions of today.
const wanted = process.argv.slice(2).filter((word) => word !== '--newest')
const isNewest = process.argv.includes('--newest')
const rounds = process.env.GUILDHALL_ROUNDS ?? '10000'
const trials = process.env.GUILDHALL_TRIALS ?? '1000'
const siege = process.env.GUILDHALL_SIEGE_SECONDS ?? '600'
const asked = process.env.GUILDHALL_SCHEMATHESIS_SECONDS ?? '600'
const kills = process.env.GUILDHALL_KILLS ?? '50'
const files = [
  'tests/durability.test.ts',
  'tests/several-processes.test.ts',
  'tests/scenarios/two-processes.test.ts',
  'tests/scenarios/tokens-withdrawn.test.ts',
  'tests/scenarios/last-admin.test.ts',
  'tests/scenarios/admins-random.test.ts',
  'tests/scenarios/fuzz.test.ts',
  'tests/scenarios/explain-worlds.test.ts',
  'tests/program.test.ts',
  'tests/parsers.test.ts',
  'tests/scenarios/one-caller.test.ts',
  'tests/schemathesis.test.ts',
  'tests/saml/cost.test.ts',
  'tests/clients/xet.test.ts',
  'tests/clients/xet-matrix.test.ts',
  'tests/clients/xet-killed.test.ts',
  'tests/clients/python.test.ts',
  'tests/clients/suites.test.ts',
].filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
const options = ['--test', '--test-global-setup=tests/global-setup.ts', '--test-concurrency=1']

/** Installs the newest clients beside those of the tests, and says where they are. */
function newestClients(): Record<string, string> {
  const folder = (name: string) => fileURLToPath(new URL(`../.venv-newest/${name}`, import.meta.url))
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'inherit' })
  run('python3', '-m', 'venv', '--clear', folder('python'))
  run(folder('python/bin/pip'), 'install', '--quiet', 'huggingface_hub', 'hf-xet', 'datasets')
  run('npm', 'install', '--silent', '--prefix', folder('javascript'), '@huggingface/hub@latest')
  run(folder('python/bin/pip'), 'list')
  return {
    GUILDHALL_NEWEST_PYTHON: '.venv-newest/python',
    GUILDHALL_NEWEST_JAVASCRIPT: folder('javascript/node_modules/@huggingface/hub/dist/index.mjs'),
  }
}

const newest = isNewest ? newestClients() : {}
if (files.includes('tests/clients/suites.test.ts')) fetchSuites()

/** Fetches the clients' own tests. Where that fails, the test says that they are missing. */
function fetchSuites(): void {
  const install = fileURLToPath(new URL('clients/suites/install.ts', import.meta.url))
  spawnSync(process.execPath, [install], { stdio: 'inherit', env: { ...process.env, ...newest } })
}

const { status } = spawnSync(process.execPath, [...options, ...files], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...newest,
    GUILDHALL_SUITES: 'all',
    GUILDHALL_ROUNDS: rounds,
    GUILDHALL_WORLDS: process.env.GUILDHALL_WORLDS ?? '500',
    GUILDHALL_FUZZ_ROUNDS: process.env.GUILDHALL_FUZZ_ROUNDS ?? '500',
    GUILDHALL_KILLS: kills,
    GUILDHALL_XET_BYTES: process.env.GUILDHALL_XET_BYTES ?? '3221225472',
    GUILDHALL_XET_FILES: process.env.GUILDHALL_XET_FILES ?? '300',
    GUILDHALL_CLIENT_SECONDS: process.env.GUILDHALL_CLIENT_SECONDS ?? '3600',
    GUILDHALL_TRIALS: trials,
    GUILDHALL_ATTACK_SECONDS: '20',
    GUILDHALL_SIEGE_SECONDS: siege,
    GUILDHALL_SCHEMATHESIS_SECONDS: asked,
  },
})
process.exit(status ?? 1)
