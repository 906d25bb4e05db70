import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../shared/', import.meta.url))

/** A file published beside the project, or undefined (with one visible line) where that folder is absent. */
export function publishedFile(path: string): string | undefined {
  const file = `${folder}${path}`
  if (existsSync(file)) return readFileSync(file, 'utf8')
  process.stdout.write(`# skipped: ${path} is not beside this checkout, so nothing is compared with it\n`)
  return undefined
}
