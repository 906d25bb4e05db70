import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { diffOfCommit, type FileDiff, mergeBase, patchBetween } from '../../git/objects/diff.ts'
import { type Commit, commitOf, listCommits as commitsFrom, countCommits } from '../../git/objects/history.ts'
import { badField, HubError } from '../../kernel/errors.ts'
import { avatarUrl, type Links } from '../../mail/links.ts'
import type { Db } from '../../store/database.ts'
import { accountOf } from '../registry/author.ts'
import { getRevision, noSuchRevision } from '../registry/revision.ts'

type Files = typeof api.files
type Reading = Permit<'repo.read'>
type Entry = api.files.CommitEntry

/** What history is read and shown with. */
interface HistoryServices {
  git: GitHost
  links: Links
}

/** Lists the history of a revision, newest first, with the number of commits in a header. */
export async function listCommits(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['listCommits']>,
  services: HistoryServices,
): Promise<ResultOf<Files['listCommits']>> {
  const { git, links } = services
  const { repo } = permit
  const of = { commit: await getRevision(git, permit.repo.id, input.rev), ...(input.file && { path: input.file }) }
  const page = { skip: input.p * input.limit, limit: input.limit }
  const [commits, total] = await Promise.all([
    commitsFrom(git, repo.id, { ...of, ...page }),
    countCommits(git, repo.id, of),
  ])
  const formatted = expandsFormatted(input.expand)
  const more = page.skip + page.limit < total
  return {
    items: commits.map((commit) => commitReply(commit, links, formatted)),
    next: undefined,
    headers: { 'X-Total-Count': String(total), ...(more && { Link: nextLink(links, input) }) },
  }
}

/** The same for a revision whose slashes came as they are. */
export async function listBranchCommits(
  db: Db,
  permit: Reading,
  { path, ...input }: InputOf<Files['listBranchCommits']>,
  services: HistoryServices,
): Promise<ResultOf<Files['listBranchCommits']>> {
  return listCommits(db, permit, { ...input, rev: `${input.rev}/${path}` }, services)
}

function expandsFormatted(expand: string | string[] | undefined): boolean {
  const unknown = [expand ?? []].flat().find((one) => one !== 'formatted')
  if (unknown !== undefined) throw badField('expand', 'must be `formatted`')
  return expand !== undefined
}

// These pages have numbers, and the clients follow the link without knowing.
function nextLink(links: Links, input: InputOf<Files['listCommits']>): string {
  const { repoType, namespace, repo, rev } = input
  const path = [repoType, namespace, repo, 'commits', rev].map(encodeURIComponent).join('/')
  const next = new URL(`/api/${path}`, links.publicUrl)
  const query = { p: input.p + 1, limit: input.limit, file: input.file }
  for (const [name, value] of Object.entries(query)) if (value !== undefined) next.searchParams.set(name, String(value))
  if (input.expand !== undefined) next.searchParams.set('expand', 'formatted')
  return `<${next.href}>; rel="next"`
}

function commitReply({ id, title, message, authors, date }: Commit, links: Links, formatted: boolean): Entry {
  return {
    ...{ id, title, message, date: date.toISOString() },
    authors: authors.map((author) => {
      const account = accountOf(links, author.email)
      if (account === undefined) return { user: author.name }
      return { user: account, avatar: avatarUrl(links, account) }
    }),
    ...(formatted && { formatted: { title: html(title), message: html(message) } }),
  }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

// What clients put into pages as it is.
function html(text: string): string {
  return text.replace(/[&<>"']/g, (one) => entities[one] ?? one)
}

/** Shows one commit: who, when, why, and what it changed. */
export async function getCommit(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['getCommit']>,
  services: HistoryServices,
): Promise<ResultOf<Files['getCommit']>> {
  const { git, links } = services
  const { repo } = permit
  const id = await getRevision(git, permit.repo.id, input.rev)
  const [commit, diff] = await Promise.all([commitOf(git, repo.id, id), diffOfCommit(git, repo.id, id)])
  if (commit === undefined) throw noSuchRevision(input.rev)
  return {
    ...commitReply(commit, links, false),
    parents: commit.parents,
    files: diff.files.map(changeReply),
    truncated: diff.truncated,
  }
}

const replyStatuses = {
  added: 'added',
  copied: 'added',
  modified: 'modified',
  typechange: 'modified',
  deleted: 'deleted',
  renamed: 'renamed',
} as const

function changeReply(file: FileDiff): api.files.CommitDetails['files'][number] {
  const { newPath: path, oldPath, additions, deletions, binary } = file
  return {
    ...{ path, additions, deletions, binary, status: replyStatuses[file.status] },
    ...(oldPath !== path && { oldPath }),
    ...(!binary && !file.truncated && { patch: file.patch }),
  }
}

/** Tells what changed between two revisions as a diff; with three dots since they parted. */
export async function compareRevisions(
  _db: Db,
  permit: Reading,
  input: InputOf<Files['compareRevisions']>,
  git: GitHost,
): Promise<ResultOf<Files['compareRevisions']>> {
  const [, from, dots, to] = /^(.+?)(\.{2,3})(.+)$/.exec(input.path) ?? []
  if (!from || !dots || !to) throw badField('path', 'must be two revisions with `..` or `...` between them')
  const [a, b] = [await getRevision(git, permit.repo.id, from), await getRevision(git, permit.repo.id, to)]
  if (dots === '..') return patchBetween(git, permit.repo.id, a, b)
  const base = await mergeBase(git, permit.repo.id, a, b)
  if (base === undefined) throw new HubError('Unprocessable', 'The two revisions have no common history.')
  return patchBetween(git, permit.repo.id, base, b)
}
