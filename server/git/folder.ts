import { join } from 'node:path'
import type { GitHost } from './host.ts'

/** The folder of one repository. */
export function repositoryFolder(host: Pick<GitHost, 'folder'>, id: string): string {
  if (!/^[0-9a-f]{24}$/.test(id)) throw new Error('a repository is found by its id')
  return join(host.folder, id.slice(-2), `${id}.git`)
}
