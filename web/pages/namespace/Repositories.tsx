import { Button, Group, SegmentedControl, Select, Stack, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { z } from 'zod'
import { type ReplyOf, type RepoType, RepoTypePlural, repos, repoTypePlurals } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { type Endless, useEndless } from '../../endless.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { RepoList } from '../../pieces/RepoList.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { RowsSkeleton } from '../../pieces/Skeletons.tsx'
import { repositoriesOf } from '../../repository.ts'

const Search = z.object({
  search: z.string(),
  type: RepoTypePlural,
  group: z.string(),
  visibility: z.enum(['public', 'private']),
})
type Filters = Partial<z.output<typeof Search>>
type Plural = (typeof repoTypePlurals)[number]
type Row = ReplyOf<typeof repos.listRepos>[number]

const titles: Record<Plural, string> = { models: 'Models', datasets: 'Datasets', spaces: 'Spaces' }

interface Place {
  namespace: string
  mayCreate: boolean
  /** How many of each kind the viewer can see. */
  counts?: Record<Plural, number> | undefined
  /** Names of the resource groups that the list can be narrowed to. */
  groups?: string[] | undefined
  /** Whether the viewer may see private ones here. */
  seesPrivate: boolean
  /** What a member has to do before they see private ones. */
  hiddenUntil?: string | undefined
}

/** The repositories of a person or an organization that you may read, with search and filters; the address keeps them. */
export function Repositories(place: Place) {
  const [filters, setAddress] = useAddressState(Search)
  const lists = [
    useList('models', place.namespace, filters),
    useList('datasets', place.namespace, filters),
    useList('spaces', place.namespace, filters),
  ]
  const wanted = lists.filter(({ kind }) => filters.type === undefined || filters.type === kind)
  const shown = wanted.filter(({ list }) => list.rows.length > 0 || list.error)
  const loading = wanted.some(({ list }) => list.loading)
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  return (
    <Stack gap="md">
      <Group gap="sm">
        <SearchField
          value={filters.search ?? ''}
          label="Search repositories"
          reading={wanted.some(({ list }) => list.stale)}
          onChange={(words) => setAddress({ search: words })}
        />
        {place.mayCreate && <New namespace={place.namespace} type={filters.type} />}
      </Group>
      <Narrowing place={place} filters={filters} onChange={setAddress} />
      {loading && <RowsSkeleton rows={4} />}
      {!loading && shown.length === 0 && (
        <Nothing place={place} onClear={isFiltered ? () => setAddress(noFilters) : undefined} />
      )}
      {shown.map(({ kind, list }) => (
        <Kind key={kind} kind={kind} list={list} />
      ))}
    </Stack>
  )
}

function useList(kind: Plural, author: string, { type, search, group, visibility }: Filters) {
  const isWanted = type === undefined || type === kind
  const query = { author, search, group, visibility, sort: 'lastModified' as const, limit: 20 }
  return { kind, list: useEndless(repos.listRepos, { params: { repoType: kind }, query }, isWanted) }
}

function New({ namespace, type }: { namespace: string; type: Plural | undefined }) {
  return (
    <ButtonTo
      to="/new"
      search={{ owner: namespace, ...(type === undefined ? {} : { type: type.slice(0, -1) as RepoType }) }}
      variant="filled"
      leftSection={<IconPlus size={16} aria-hidden />}
    >
      New repository
    </ButtonTo>
  )
}

interface Narrow {
  place: Place
  filters: Filters
  onChange: (change: { [K in keyof Filters]: Filters[K] | undefined }) => unknown
}

/** What narrows the list: type with its count, visibility, resource group. */
function Narrowing({ place, filters, onChange }: Narrow) {
  const count = (kind: Plural) => (place.counts ? ` ${place.counts[kind].toLocaleString('en')}` : '')
  return (
    <Group gap="sm">
      <SegmentedControl
        aria-label="Type"
        value={filters.type ?? 'all'}
        onChange={(value) => onChange({ type: repoTypePlurals.find((kind) => kind === value) })}
        data={[
          { value: 'all', label: 'All' },
          ...repoTypePlurals.map((kind) => ({ value: kind, label: titles[kind] + count(kind) })),
        ]}
      />
      {place.seesPrivate && (
        <Select
          aria-label="Visibility"
          placeholder="Any visibility"
          clearable
          flex="1 1 10rem"
          maw={200}
          data={[
            { value: 'public', label: 'Public' },
            { value: 'private', label: 'Private' },
          ]}
          value={filters.visibility ?? null}
          onChange={(value) => onChange({ visibility: value === 'public' || value === 'private' ? value : undefined })}
          clearButtonProps={{ 'aria-label': 'Clear visibility' }}
        />
      )}
      {place.groups && place.groups.length > 0 && (
        <Select
          aria-label="Resource group"
          placeholder="Any group"
          clearable
          searchable
          flex="1 1 10rem"
          maw={200}
          data={place.groups}
          value={filters.group ?? null}
          onChange={(value) => onChange({ group: value ?? undefined })}
          clearButtonProps={{ 'aria-label': 'Clear resource group' }}
        />
      )}
    </Group>
  )
}

function Kind({ kind, list }: { kind: Plural; list: Endless<Row> }) {
  return (
    <section aria-label={titles[kind]}>
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
  )
}

const noFilters = { search: undefined, type: undefined, group: undefined, visibility: undefined }

interface Blank {
  place: Place
  /** Given where there are filters. */
  onClear: (() => unknown) | undefined
}

function Nothing({ place: { mayCreate, hiddenUntil }, onClear }: Blank) {
  if (onClear) {
    return (
      <Empty title="No repositories match" action={<Button onClick={() => onClear()}>Clear filters</Button>}>
        Clear filters or change your search.
      </Empty>
    )
  }
  if (hiddenUntil !== undefined) return <Empty title="No public repositories">{hiddenUntil}</Empty>
  return (
    <Empty title="No repositories yet" {...(mayCreate && { guide: 'push-a-model' as const })}>
      {mayCreate
        ? 'Create a repository for a model, a dataset, or a Space, then upload its files.'
        : 'Repositories that you can read appear here.'}
    </Empty>
  )
}
