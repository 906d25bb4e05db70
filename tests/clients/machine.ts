import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

const programsOf = (folder: string) => fileURLToPath(new URL(`../../${folder}/bin/`, import.meta.url))

/**
 * Folders with the programs of a Python client: the newest (that of today in `npm run soak -- --newest`), the first that
 * uploads by Xet alone, the last that does not, and the oldest that is supported.
 */
const environments = {
  newest: programsOf(process.env.GUILDHALL_NEWEST_PYTHON ?? '.venv'),
  firstXet: programsOf('.venv-1.20'),
  lastLfs: programsOf('.venv-1.19'),
  oldest: programsOf('.venv-0.36'),
}
export type PythonClient = keyof typeof environments
/** The interpreter of a client. */
export const pythonOf = (client: PythonClient): string => join(environments[client], 'python')
const scripts = fileURLToPath(new URL('./python/', import.meta.url))

const defaultTimeoutMs = Number(process.env.GUILDHALL_CLIENT_SECONDS ?? 120) * 1000

export interface Outcome {
  code: number
  stdout: string
  stderr: string
  /** Both, as a person at a terminal sees them. */
  text: string
}

interface Options {
  cwd?: string
  env?: Record<string, string>
  /** What the program reads from its standard input. */
  input?: string
  timeout?: number
  /** Kills the program when it aborts. */
  signal?: AbortSignal
}

/** Someone's computer: a home folder of its own, a git configuration of its own, and a hub it talks to. */
export interface Machine {
  home: string
  /** A folder below the home, made when it is not there. */
  folder(name: string): string
  /** Writes a file below the home and returns where it is. */
  file(name: string, content: string | Uint8Array): string
  run(program: string, args: string[], options?: Options): Promise<Outcome>
  git(cwd: string, ...args: string[]): Promise<Outcome>
  /** Runs a script of tests/clients/python. */
  python(script: string, env?: Record<string, string>): Promise<Outcome>
  hf(cwd: string, ...args: string[]): Promise<Outcome>
}

const homes: string[] = []
after(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

/** Why tests with the newest Python client cannot run here, or false. */
export const noPython = reasonUnless(
  imports('newest', 'huggingface_hub'),
  'no .venv with huggingface_hub; `.ci/run` makes one',
)

/** The same for `datasets` with the newest client. */
export const noDatasets = reasonUnless(imports('newest', 'datasets'), 'no .venv with datasets; `.ci/run` makes one')

/** The same for the oldest client that is supported, with libraries of its time. */
export const noOldPython = reasonUnless(
  imports('oldest', 'huggingface_hub, datasets, transformers'),
  'no .venv-0.36 with huggingface_hub 0.36; `.ci/run` makes one',
)

/** The same for any of them that uploads and downloads. */
export function noClient(client: PythonClient): string | false {
  return reasonUnless(imports(client, 'huggingface_hub, hf_xet'), `no ${environments[client]}; \`.ci/run\` makes it`)
}

/** Why tests with git-lfs cannot run here, or false. */
export const noGitLfs = reasonUnless(starts('git', ['lfs', 'version']), 'git-lfs is not installed')

function imports(client: PythonClient, modules: string): boolean {
  const python = pythonOf(client)
  return existsSync(python) && starts(python, ['-c', `import ${modules}`])
}

function starts(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function reasonUnless(found: boolean, reason: string): string | false {
  if (!found) process.stdout.write(`# skipped: ${reason}\n`)
  return found ? false : reason
}

/** Sets up a computer; with a name and a token its git and its Python client are signed in. */
export function makeMachine(
  hubUrl: string,
  who?: { name: string; token: string },
  client: PythonClient = 'newest',
): Machine {
  const home = mkdtempSync(join(tmpdir(), 'guildhall-client-'))
  homes.push(home)
  writeFileSync(join(home, '.gitconfig'), gitConfiguration(who?.name ?? 'nobody'))
  if (who) {
    const { protocol, host } = new URL(hubUrl)
    writeFileSync(join(home, '.git-credentials'), `${protocol}//${who.name}:${who.token}@${host}\n`, { mode: 0o600 })
  }
  const programs = environments[client]
  const env = environment({ home, hubUrl, programs }, who?.token)
  const run: Machine['run'] = (program, args, options = {}) =>
    runProgram(program, args, { ...options, env: { ...env, ...options.env } })
  return {
    home,
    folder: (name) => {
      mkdirSync(join(home, name), { recursive: true })
      return join(home, name)
    },
    file: (name, content) => {
      mkdirSync(dirname(join(home, name)), { recursive: true })
      writeFileSync(join(home, name), content)
      return join(home, name)
    },
    run,
    git: (cwd, ...args) => run('git', args, { cwd }),
    python: (script, more = {}) => run(`${programs}python`, [join(scripts, script)], { cwd: home, env: more }),
    hf: (cwd, ...args) => run(`${programs}hf`, args, { cwd }),
  }
}

function gitConfiguration(name: string): string {
  return [
    `[user]\n\tname = ${name}\n\temail = ${name}@example.org`,
    '[init]\n\tdefaultBranch = main',
    '[credential]\n\thelper = store',
    '[advice]\n\tdetachedHead = false',
    '[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f',
    '\tprocess = git-lfs filter-process\n\trequired = true\n',
  ].join('\n')
}

function environment(
  { home, hubUrl, programs }: Record<'home' | 'hubUrl' | 'programs', string>,
  token: string | undefined,
): Record<string, string> {
  const env: Record<string, string> = {
    PATH: `${programs}${delimiter}${process.env.PATH ?? ''}`,
    HOME: home,
    LANG: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    HF_ENDPOINT: hubUrl,
    HF_HOME: join(home, 'hf'),
    HF_HUB_DISABLE_TELEMETRY: '1',
    HF_HUB_DISABLE_UPDATE_CHECK: '1',
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    PYTHONWARNINGS: 'ignore',
    NO_COLOR: '1',
  }
  if (token !== undefined) env.HF_TOKEN = token
  return env
}

function runProgram(program: string, args: string[], options: Options): Promise<Outcome> {
  const { cwd, env, input, timeout = defaultTimeoutMs, signal } = options
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'pipe', timeout })
    const outcome: Outcome = { code: -1, stdout: '', stderr: '', text: '' }
    child.stdout.on('data', (chunk) => {
      outcome.stdout += chunk
      outcome.text += chunk
    })
    child.stderr.on('data', (chunk) => {
      outcome.stderr += chunk
      outcome.text += chunk
    })
    child.on('error', reject)
    signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true })
    child.on('close', (code) => resolve({ ...outcome, code: code ?? -1 }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
  })
}
