import { files } from '../../../../api/index.ts'
import { client } from '../../../hub.ts'
import type { Repository } from '../../../repository.ts'
import type { Base } from './base.ts'

/** Says of a path, as a sentence, when something is there already. */
export function takenAt(repository: Repository, { branch, head }: Base) {
  return async (path: string): Promise<string | undefined> => {
    if (head === undefined) return undefined
    const params = { ...repository.params, rev: head }
    const [entry] = await client.call(files.pathsInfo, { params, body: { paths: [path] } })
    if (entry === undefined) return undefined
    return `A ${entry.type === 'directory' ? 'folder' : 'file'} with this name already exists on ${branch}.`
  }
}
