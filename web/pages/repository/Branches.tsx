import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { useAddressState } from '../../address-state.ts'
import { whole } from '../../endless.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { RowsSkeleton } from '../../pieces/Skeletons.tsx'
import { useRepository } from '../../repository.ts'
import { counted } from '../../words.ts'
import { referenceColumns } from './branches/columns.tsx'
import { DeleteReference } from './branches/DeleteReference.tsx'
import { NewReference } from './branches/NewReference.tsx'
import { type Reference, type ReferenceKind, useReferences } from './references.ts'

const Search = z.object({ search: z.string() })

/** The branches and tags of a repository, with their last commits. */
export function Page() {
  const { row, id } = useRepository()
  const { branches, tags, error } = useReferences()
  const [{ search = '' }, setAddress] = useAddressState(Search)
  if (!row.sha) return <Empty title="No branches yet">The first commit creates the main branch.</Empty>
  if (error) return <ErrorNote error={error} />
  if (!branches || !tags) return <RowsSkeleton rows={6} />
  return (
    <Stack gap="xl">
      <title>{`Branches · ${id}`}</title>
      <Group gap="sm">
        <Text size="sm" c="dimmed" flex="1 1 12rem">
          {counted(branches.length, 'branch', 'branches')}, {counted(tags.length, 'tag')}.
        </Text>
        <SearchField
          value={search}
          label="Find a branch or tag"
          reading={false}
          onChange={(words) => setAddress({ search: words })}
        />
      </Group>
      <References kind="branch" title="Branches" rows={found(branches, search)} isFiltered={search !== ''} />
      <References kind="tag" title="Tags" rows={found(tags, search)} isFiltered={search !== ''} />
    </Stack>
  )
}

function found(rows: Reference[], search: string): Reference[] {
  return rows.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
}

interface List {
  kind: ReferenceKind
  title: string
  rows: Reference[]
  isFiltered: boolean
}

function References({ kind, title, rows, isFiltered }: List) {
  const { may } = useRepository()
  const [creating, setCreating] = useState(false)
  const [deleted, setDeleted] = useState<Reference>()
  const mayChange = may('repo.write')
  const columns = useMemo(() => referenceColumns(kind, mayChange ? setDeleted : undefined), [kind, mayChange])
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {mayChange && (
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setCreating(true)}>
            New {kind}
          </Button>
        )}
      </Group>
      <EndlessTable
        label={title}
        columns={columns}
        list={whole(rows)}
        rowKey={({ ref }) => ref}
        heights={{ row: 41, card: 72 }}
        dense
        foot=""
        empty={
          <Text c="dimmed">
            {isFiltered ? (kind === 'tag' ? 'No tags match.' : 'No branches match.') : nothing[kind]}
          </Text>
        }
      />
      <NewReference kind={kind} opened={creating} onClose={() => setCreating(false)} />
      <DeleteReference kind={kind} reference={deleted} onClose={() => setDeleted(undefined)} />
    </section>
  )
}

const nothing: Record<ReferenceKind, string> = {
  branch: 'No branches',
  tag: 'No tags. Use tags to name commits, such as releases.',
}
