import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import type { GitHost } from '../host.ts'

/** The folder of one repository. */
export function repositoryFolder(host: Pick<GitHost, 'folder'>, id: string): string {
  if (!/^[0-9a-f]{24}$/.test(id)) throw new Error('a repository is found by its id')
  return join(host.folder, id.slice(-2), `${id}.git`)
}

/** Throws `503` when the folder of a repository is not there: it is lost, or the shared folder is not mounted. */
export async function requireFolder(host: Pick<GitHost, 'folder'>, id: string): Promise<void> {
  const found = await access(repositoryFolder(host, id)).then(
    () => true,
    () => false,
  )
  if (!found) throw folderIsMissing(id)
}

/** The refusal where a repository has a row and no folder; the log says which. */
export function folderIsMissing(id: string): HubError {
  log.warn({ repository: id }, 'the folder of a repository is missing')
  return new HubError(
    'Unavailable',
    'The files of this repository are missing from the repositories folder (GUILDHALL_REPOSITORIES_DIR). Ask a site admin to mount or restore it.',
    { headers: { 'Retry-After': '60' } },
  )
}
