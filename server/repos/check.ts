import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { checkRepository } from '../git/upkeep/maintenance.ts'
import { repositoryExists } from '../git/upkeep/repository.ts'
import { decodeCursor, pageOf } from '../kernel/page.ts'
import type { Db } from '../store/database.ts'
import { type CheckedRow, listLfsRows, listRepoIds } from './check-store.ts'
import type { RepoStores } from './registry/places.ts'

type Check = typeof api.operator.checkRepositories

const mostProblems = 20

/** Looks at repositories, page by page: git's own check, and whether the bytes of every large file are there. */
export async function checkRepositories(
  db: Db,
  _permit: Permit<'operator.checkRepositories'>,
  input: InputOf<Check>,
  stores: RepoStores,
): Promise<ResultOf<Check>> {
  const after = input.cursor === undefined ? undefined : decodeCursor(input.cursor, 1)[0]
  const page = pageOf(await listRepoIds(db, after, input.limit + 1), input.limit, (row) => [row.id])
  const items = []
  for (const row of page.items) items.push(await lookAt(db, stores, row))
  return { items, next: page.next }
}

async function lookAt(db: Db, { git, lfs }: RepoStores, { id, type, name }: CheckedRow) {
  const problems = (await repositoryExists(git, id)) ? await checkRepository(git, id) : ['the folder is missing']
  for (const { oid, size } of await listLfsRows(db, id)) {
    const found = await lfs.sizeOf(id, oid)
    if (found !== Number(size)) problems.push(`large file ${oid}: ${found ?? 0} bytes instead of ${size}`)
    if (problems.length >= mostProblems) break
  }
  return { id: name, type, folder: `${id.slice(-2)}/${id}.git`, problems: problems.slice(0, mostProblems) }
}
