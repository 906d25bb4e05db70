import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const largeBytes = 30_000_000
const files = 1000

/** Pushes a large file that stands in git and a thousand small ones to `main`, in several commits; answers the last. */
export async function pushLarge(url: string, token: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-large-'))
  const identity = ['-c', 'user.name=eve', '-c', 'user.email=eve@example.org', '-c', 'gc.auto=0']
  const headers = ['-c', `http.extraHeader=Authorization: Bearer ${token}`]
  const git = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    const { stdout } = await run('git', [...identity, ...headers, ...args], { cwd: folder, env })
    return stdout.trim()
  }
  try {
    await git('clone', '-q', url, '.')
    await mkdir(join(folder, 'data'))
    for (let index = 0; index < files; index++) await writeFile(join(folder, 'data', `${index}.txt`), `${index}\n`)
    await writeFile(join(folder, 'large.txt'), randomBytes(largeBytes / 2).toString('hex'))
    await git('add', '.')
    await git('commit', '-q', '-m', 'files')
    for (let index = 0; index < 200; index++) await git('commit', '-q', '--allow-empty', '-m', `change ${index}`)
    await git('push', '-q', 'origin', 'HEAD:main')
    return await git('rev-parse', 'HEAD')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
