import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { repositoryExists } from '../../git/upkeep/repository.ts'
import type { Db } from '../../store/database.ts'
import { findReposFor, type ListedPage } from '../registry/lists.ts'
import { onlyFields, repositoryReply } from '../registry/reply.ts'
import { siblingsAt } from './commit-contents.ts'

type Repos = typeof api.repos
type Row = ListedPage['rows'][number]
type Siblings = api.repos.Repository['siblings']

// A page with files ends after so many, or so much time; the next one goes on.
const mostFiles = 20_000
const longestMs = 3000

/** Lists the repositories of one type that the caller may read, newest first; with their files where those are asked for. */
export async function listRepos(
  db: Db,
  permit: Permit<'repo.list'>,
  input: InputOf<Repos['listRepos']>,
  git: GitHost,
): Promise<ResultOf<Repos['listRepos']>> {
  const expand = [input.expand ?? []].flat()
  const wants = (field: string) => (input.full && expand.length === 0) || expand.includes(field)
  const withCards = Boolean(input.full || input.cardData || expand.includes('cardData'))
  const page = await findReposFor(db, permit, input, { withCards })
  const shown = wants('siblings') ? await withFiles(git, page.rows) : page.rows.map((row) => repositoryReply(row))
  const last = page.rows[shown.length - 1]
  const hasMore = page.hasMore || shown.length < page.rows.length
  return {
    items: expand.length > 0 ? shown.map((repository) => onlyFields(repository, expand)) : shown,
    next: hasMore && last !== undefined ? page.cursorAfter(last) : undefined,
  }
}

async function withFiles(git: GitHost, rows: readonly Row[]): Promise<api.repos.Repository[]> {
  const shown: api.repos.Repository[] = []
  const began = performance.now()
  let files = 0
  for (const row of rows) {
    const siblings = await filesOf(git, row)
    shown.push({ ...repositoryReply(row), ...(siblings && { siblings }) })
    files += siblings?.length ?? 0
    if (files >= mostFiles || performance.now() - began > longestMs) break
  }
  return shown
}

// As of the commit that the row is of. One repository whose folder is lost does not take the others along.
async function filesOf(git: GitHost, { id, head }: Row): Promise<Siblings> {
  if (head === null) return []
  return (await repositoryExists(git, id)) ? siblingsAt({ git, repoId: id, commit: head }, false) : undefined
}
