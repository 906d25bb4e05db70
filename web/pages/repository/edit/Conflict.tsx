import { Alert, Button, Group, List, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { files } from '../../../../api/index.ts'
import { client } from '../../../hub.ts'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { commitPage, filePage } from '../../../places.ts'
import { type RepoParams, useRepository } from '../../../repository.ts'
import { counted, listed } from '../../../words.ts'
import type { Base } from './base.ts'
import type { Commit } from './useCommit.ts'

const commitsRead = 50
const pathsNamed = 5
const pathsAskedAtOnce = 500

interface Conflicting {
  base: Base
  commit: Commit
  /** More ways on than applying and discarding. */
  children?: ReactNode
  onDiscard: () => void
}

/** When the branch has moved while someone worked: what happened there, that nothing is lost, and the ways on. */
export function Conflict({ base, commit, children, onDiscard }: Conflicting) {
  const { params } = useRepository()
  const paths = commit.conflict?.changes.map(({ path }) => path) ?? []
  const { data, error } = useQuery({
    // While it is applied, what was told stays; if the branch moved once more, it is read again.
    queryKey: ['rehearsal', 'conflict', params, base, commit.busy ? 'applying' : commit.attempt],
    queryFn: () => whatHappened(params, base, paths.slice(0, pathsAskedAtOnce)),
    placeholderData: keepPreviousData,
    enabled: !commit.busy,
    gcTime: 0,
  })
  const head = data?.head
  return (
    <Stack gap="md" component="section" aria-label="Conflict">
      <div role="alert">
        <Title order={2} size="h3">
          {base.branch} has new commits
        </Title>
        <Text c="dimmed" size="sm" mt={4}>
          Someone committed after you opened this page. Nothing was overwritten, and your changes are still here.
        </Text>
      </div>
      <ErrorNote error={error ?? commit.error} />
      {data ? <Meanwhile base={base} happened={data} /> : !error && <Skeleton height={96} />}
      <Group gap="sm">
        <Button
          variant="filled"
          disabled={head === undefined}
          loading={commit.busy}
          onClick={() => head !== undefined && commit.applyOnto(head)}
        >
          Apply to latest commit
        </Button>
        {children}
        <DangerButton onClick={onDiscard}>Discard</DangerButton>
      </Group>
    </Stack>
  )
}

interface Happened {
  /** Undefined when the branch is gone. */
  head: string | undefined
  commits: { id: string; title: string; date: string; authors: { user: string }[] }[]
  hasMore: boolean
  /** Those of the paths at hand that are not what they were. */
  changed: string[]
}

async function whatHappened(params: RepoParams, { branch, head: before }: Base, paths: string[]): Promise<Happened> {
  const { branches } = await client.call(files.listRefs, { params })
  const head = branches.find(({ name }) => name === branch)?.targetCommit
  if (head === undefined) return { head, commits: [], hasMore: false, changed: [] }
  const [newest, was, is] = await Promise.all([
    client.call(files.listCommits, { params: { ...params, rev: head }, query: { limit: commitsRead } }),
    before === undefined ? new Map<string, string>() : contentIds(params, before, paths),
    contentIds(params, head, paths),
  ])
  const end = newest.findIndex(({ id }) => id === before)
  return {
    head,
    commits: end === -1 ? newest : newest.slice(0, end),
    hasMore: end === -1 && newest.length === commitsRead,
    changed: paths.filter((path) => was.get(path) !== is.get(path)),
  }
}

async function contentIds(params: RepoParams, rev: string, paths: string[]): Promise<Map<string, string>> {
  const entries = await client.call(files.pathsInfo, { params: { ...params, rev }, body: { paths } })
  return new Map(entries.map(({ path, oid }) => [path, oid]))
}

function Meanwhile({ base, happened }: { base: Base; happened: Happened }) {
  const repository = useRepository()
  const { head, commits, hasMore, changed } = happened
  if (head === undefined) {
    return <Alert color="red">The branch {base.branch} was deleted, so you can’t commit to it.</Alert>
  }
  return (
    <>
      <div>
        <Text size="sm" fw={600}>
          {hasMore ? `More than ${commitsRead} commits` : counted(commits.length, 'commit')} to {base.branch} since then
        </Text>
        <List size="sm" mt={4} spacing={2}>
          {commits.slice(0, pathsNamed * 2).map(({ id, title, date, authors }) => (
            <List.Item key={id}>
              <LinkTo {...commitPage(repository, id)}>{title}</LinkTo>, by {listed(authors.map(({ user }) => user))},{' '}
              <When time={date} />
            </List.Item>
          ))}
        </List>
      </div>
      {changed.length > 0 ? (
        <Alert
          color="hall"
          variant="light"
          title="The same files were changed"
          icon={<IconAlertTriangle aria-hidden />}
        >
          <Text size="sm">
            {named(changed)} changed since you started. Applying your changes replaces the current version, which stays
            in the history.
          </Text>
          <List size="sm" mt={4}>
            {changed.slice(0, pathsNamed).map((path) => (
              <List.Item key={path}>
                <LinkTo {...filePage(repository, 'blob', head, path)}>View current {path}</LinkTo>
              </List.Item>
            ))}
          </List>
        </Alert>
      ) : (
        <Text size="sm">None of your files changed, so applying your changes overwrites nothing.</Text>
      )}
    </>
  )
}

function named(paths: string[]): string {
  const more = paths.length - pathsNamed
  return listed([...paths.slice(0, pathsNamed), ...(more > 0 ? [`${more} more`] : [])])
}
