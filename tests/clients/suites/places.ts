// Where the clients' own tests are kept. They come from the clients' source releases, and never become part of the project.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../.tools/suites/', import.meta.url))

/** What runs them, for both versions of Python's client. */
export const runner = join(folder, 'pytest')

/** The tests of one version of the client. */
export const testsOf = (version: string): string => join(folder, `huggingface_hub-${version}`, 'tests')

/** The version of the client that a Python has, if any. */
export function versionIn(python: string): string | undefined {
  if (!existsSync(python)) return undefined
  const asked = ['-c', 'import importlib.metadata as m; print(m.version("huggingface_hub"))']
  const { status, stdout } = spawnSync(python, asked, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** Fetches the source release of the client that a Python has, and what runs its tests, unless they are there. */
export function fetchSuite(python: string, version: string): void {
  const pip = (...args: string[]) => execFileSync(python, ['-m', 'pip', '--disable-pip-version-check', ...args])
  if (!existsSync(join(runner, 'pytest'))) {
    const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
    pip('install', '--quiet', '--no-deps', '--target', runner, '-r', requirements)
  }
  if (existsSync(testsOf(version))) return
  const release = `huggingface_hub==${version}`
  pip('download', '--quiet', '--no-deps', '--no-binary', 'huggingface_hub', '--dest', folder, release)
  execFileSync('tar', ['-xzf', join(folder, `huggingface_hub-${version}.tar.gz`), '-C', folder])
}
