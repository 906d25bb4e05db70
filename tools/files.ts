import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the whole project. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Every file of the project: what git keeps and what it would, from the root, sorted. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const files = new Set(listed.toString().split('\0').filter(Boolean))
  return [...files].filter((file) => existsSync(root + file)).sort()
}
