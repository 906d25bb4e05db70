import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { z } from 'zod'
import { RepoTypePlural, repos, repoTypePlurals } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { RepoList } from '../../pieces/RepoList.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { RowsSkeleton } from '../../pieces/Skeletons.tsx'
import { repositoriesOf } from '../../repository.ts'

const Search = z.object({ search: z.string(), type: RepoTypePlural })
type Plural = (typeof repoTypePlurals)[number]

const titles: Record<Plural, string> = { models: 'Models', datasets: 'Datasets', spaces: 'Spaces' }

/** The repositories of a person or an organization that you may read, with search and a filter by kind. */
export function Repositories({ namespace, mayCreate }: { namespace: string; mayCreate: boolean }) {
  const [{ search, type }, setAddress] = useAddressState(Search)
  const lists = [
    useList('models', namespace, search),
    useList('datasets', namespace, search),
    useList('spaces', namespace, search),
  ]
  const shown = lists.filter(
    ({ kind, list }) => (type === undefined || type === kind) && (list.rows.length > 0 || list.error),
  )
  const loading = lists.some(({ list }) => list.loading)
  return (
    <Stack gap="md">
      <Group gap="sm">
        <SearchField
          value={search ?? ''}
          label="Search repositories"
          reading={lists.some(({ list }) => list.stale)}
          onChange={(words) => setAddress({ search: words })}
        />
        <SegmentedControl
          aria-label="Kind of repository"
          value={type ?? 'all'}
          onChange={(value) => setAddress({ type: repoTypePlurals.find((kind) => kind === value) })}
          data={[
            { value: 'all', label: 'All' },
            ...repoTypePlurals.map((kind) => ({ value: kind, label: titles[kind] })),
          ]}
        />
        {mayCreate && (
          <ButtonTo
            to="/new"
            search={{ owner: namespace }}
            variant="filled"
            leftSection={<IconPlus size={16} aria-hidden />}
          >
            New
          </ButtonTo>
        )}
      </Group>
      {loading && <RowsSkeleton rows={4} />}
      {!loading && shown.length === 0 && (
        <Nothing filtered={search !== undefined || type !== undefined} mayCreate={mayCreate} />
      )}
      {shown.map(({ kind, list }) => (
        <section key={kind} aria-label={titles[kind]}>
          <Title order={2} size="h5">
            {titles[kind]}
          </Title>
          <ErrorNote error={list.error} />
          <RepoList rows={repositoriesOf(list.rows)} label={titles[kind]} />
          {list.more && (
            <Button mt="sm" size="xs" loading={list.reading} onClick={list.readMore}>
              Show more {titles[kind].toLowerCase()}
            </Button>
          )}
        </section>
      ))}
    </Stack>
  )
}

function useList(kind: Plural, author: string, search: string | undefined) {
  return {
    kind,
    list: useEndless(repos.listRepos, { params: { repoType: kind }, query: { author, search, limit: 20 } }),
  }
}

function Nothing({ filtered, mayCreate }: { filtered: boolean; mayCreate: boolean }) {
  if (filtered) return <Text c="dimmed">No repository matches.</Text>
  return (
    <Empty title="No repositories to show">
      {mayCreate
        ? 'Models, data sets and spaces live in repositories. Create the first one.'
        : 'There are none yet, or none that you may read.'}
    </Empty>
  )
}
