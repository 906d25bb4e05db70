import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the whole project. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Every file of the project: what git keeps and what it would, from the root, sorted. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const files = new Set(listed.toString().split('\0').filter(Boolean))
  return [...files].filter((file) => statSync(root + file, { throwIfNoEntry: false })?.isFile()).sort()
}

/** A file that follows from others. */
export interface Generated {
  file: string
  content: string
}

/** Whether a file is no longer what follows from the others. */
export function isStale({ file, content }: Generated): boolean {
  return contentOf(file) !== content
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(root + file, 'utf8')
  } catch {
    return undefined
  }
}
