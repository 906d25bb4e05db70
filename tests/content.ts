import { createHash } from 'node:crypto'
import { cp, mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { writeCommit } from '../server/git/objects/commits.ts'
import { giveFolderToGit, giveToGit } from '../server/git/process/account.ts'
import { repositoryFolder } from '../server/git/process/folder.ts'
import { prepareReferences } from '../server/git/refs/references.ts'
import { createRepository } from '../server/git/upkeep/repository.ts'
import type { Services } from '../server/http/services.ts'
import { now } from '../server/kernel/clock.ts'
import { newId } from '../server/kernel/ids.ts'
import type { Db } from '../server/store/database.ts'

/** What is in a repository of the world: `README.md`, `data/a.txt`, `weights.bin` in LFS, a branch and a tag. */
export interface Content {
  commit: string
  branch: 'feature'
  tag: 'v1'
  lfs: { oid: string; size: number; path: 'weights.bin' }
}

/** A repository that others are copies of. */
export interface Template {
  copyTo(repoId: string): Promise<Content>
}

/** Makes the template in a hub's own folder. */
export async function makeTemplate(hub: Services, db: Db): Promise<Template> {
  const bytes = Buffer.alloc(2048, 'weights ')
  const lfs = {
    oid: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    path: 'weights.bin',
  } as const
  const id = newId()
  await createRepository(hub.git, id)
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${lfs.oid}\nsize ${lfs.size}\n`
  const files = {
    '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    'README.md': '---\nlicense: mit\ntags: [trees]\n---\n\n# Plain\n',
    'data/a.txt': 'one\ntwo\n',
    [lfs.path]: pointer,
  }
  const changes = Object.entries(files).map(
    ([path, content]) => ({ kind: 'file', path, content: Buffer.from(content) }) as const,
  )
  const author = { name: 'first', email: 'first@example.org' }
  const commit = await writeCommit(hub.git, id, { parent: undefined, message: 'begin', author, date: now(), changes })
  const refs = ['refs/heads/main', 'refs/heads/feature', 'refs/tags/v1']
  const prepared = await prepareReferences(
    hub.git,
    id,
    refs.map((ref) => ({ ref, from: null, to: commit })),
  )
  if ('refused' in prepared) throw new Error('the template has refs already')
  await prepared.commit()
  // Out of the way of the sweep: it belongs to no row
  const kept = join(hub.incoming, `template-${id}`)
  await rename(repositoryFolder(hub.git, id), kept)
  return {
    async copyTo(repoId) {
      const folder = repositoryFolder(hub.git, repoId)
      await mkdir(dirname(folder), { recursive: true })
      await cp(kept, folder, { recursive: true })
      await giveFolderToGit(hub.git, dirname(folder))
      await giveToGit(hub.git, folder)
      await hub.lfs.put(repoId, lfs, Readable.from([bytes]))
      const row = {
        repo_id: repoId,
        oid: lfs.oid,
        size: lfs.size,
        uploaded_at: now(),
        referenced_at: now(),
        file_name: lfs.path,
      }
      await db.insertInto('lfs_objects').values(row).execute()
      return { commit, branch: 'feature', tag: 'v1', lfs }
    },
  }
}
