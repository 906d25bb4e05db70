import { Group, Stack, Text, Title } from '@mantine/core'
import { z } from 'zod'
import { files } from '../../../api/index.ts'
import { type AddressState, useAddressState } from '../../address-state.ts'
import { usePage } from '../../endless.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { RowsSkeleton } from '../../pieces/Skeletons.tsx'
import { sayDay } from '../../pieces/When.tsx'
import { filePage, historyPage } from '../../places.ts'
import { useRepository, useRevision } from '../../repository.ts'
import { counted } from '../../words.ts'
import { CommitLine } from './history/CommitLine.tsx'
import classes from './history/History.module.css'
import { Missing } from './Missing.tsx'
import { shortRevision } from './paths.ts'
import { RevisionSwitcher } from './RevisionSwitcher.tsx'

const Search = z.object({ file: z.string().max(4096), p: z.coerce.number().int().min(0) })
export type Search = AddressState<typeof Search>
const pageSize = 50

/** Who changed what, newest first: of a whole revision, or of one file or folder. */
export function Page() {
  const { row, id } = useRepository()
  const { rev } = useRevision()
  const [{ file, p: at }] = useAddressState(Search)
  const page = Number(at ?? 0)
  if (!row.sha) return <Empty title="No commits yet">Upload or push files to create the first commit.</Empty>
  return (
    <Stack gap="md">
      <title>{`History of ${file ?? shortRevision(rev)} · ${id}`}</title>
      <Commits rev={rev} file={file} page={page} />
    </Stack>
  )
}

type Commit = files.CommitEntry

function Commits({ rev, file, page }: { rev: string; file: string | undefined; page: number }) {
  const repository = useRepository()
  const { params } = repository
  const query = { limit: pageSize, p: page, ...(file === undefined ? {} : { file }) }
  const { rows, total, more, loading, stale, error } = usePage(files.listCommits, { params: { ...params, rev }, query })
  if (error)
    return <Missing what={file ?? shortRevision(rev)} of={file === undefined ? 'revision' : 'file'} error={error} />
  const isLast = total === undefined ? !more : (page + 1) * pageSize >= total
  return (
    <>
      <Group gap="sm">
        <RevisionSwitcher to={(chosen) => historyPage(repository, chosen, { file })} />
        <Sentence rev={rev} file={file} total={total} />
      </Group>
      {loading && <RowsSkeleton rows={8} />}
      {rows?.length === 0 && <Text c="dimmed">No commits on this branch changed it.</Text>}
      {rows && (
        <Stack gap="md" aria-busy={stale}>
          {byDay(rows).map(({ day, commits }) => (
            <section key={day} aria-label={day}>
              <Title order={2} size="h6" c="dimmed" fw={500}>
                {day}
              </Title>
              <ul className={classes.list}>
                {commits.map((commit) => (
                  <CommitLine key={commit.id} commit={commit} />
                ))}
              </ul>
            </section>
          ))}
        </Stack>
      )}
      <Pager rev={rev} file={file} page={page} isLast={isLast} />
    </>
  )
}

function Sentence({ rev, file, total }: { rev: string; file: string | undefined; total: number | undefined }) {
  const repository = useRepository()
  const words = total === undefined ? 'Commits' : counted(total, 'commit')
  if (file === undefined) {
    return (
      <Text size="sm" c="dimmed">
        {words}
        {total !== 1 && ' · newest first'}
      </Text>
    )
  }
  return (
    <Text size="sm" c="dimmed" className="sentence" component="div" style={{ overflowWrap: 'anywhere' }}>
      {words} that changed <LinkTo {...filePage(repository, 'blob', rev, file)}>{file}</LinkTo>.{' '}
      <LinkTo {...historyPage(repository, rev)}>All commits on {shortRevision(rev)}</LinkTo>
    </Text>
  )
}

function Pager(props: { rev: string; file: string | undefined; page: number; isLast: boolean }) {
  const repository = useRepository()
  const at = (page: number) => historyPage(repository, props.rev, { file: props.file, page })
  if (props.page === 0 && props.isLast) return null
  return (
    <Group justify="center" gap="sm" component="nav" aria-label="Pages">
      {props.page > 0 && <ButtonTo {...at(props.page - 1)}>Newer</ButtonTo>}
      {!props.isLast && <ButtonTo {...at(props.page + 1)}>Older</ButtonTo>}
    </Group>
  )
}

/** Commits that follow each other on one day stand together. */
function byDay(rows: Commit[]): { day: string; commits: Commit[] }[] {
  const days: { day: string; commits: Commit[] }[] = []
  for (const commit of rows) {
    const day = sayDay(commit.date)
    const last = days.at(-1)
    if (last?.day === day) last.commits.push(commit)
    else days.push({ day, commits: [commit] })
  }
  return days
}
