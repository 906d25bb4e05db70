import { Group, Select, Text } from '@mantine/core'
import { useMemo } from 'react'
import { z } from 'zod'
import { fold, type ReplyOf, RepoType, type repos, repoTypes } from '../../../../api/index.ts'
import { useAddressState } from '../../../address-state.ts'
import { whole } from '../../../endless.ts'
import { Block } from '../../../pieces/Block.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { ReachBadges } from '../../../pieces/RepoBadges.tsx'
import { SearchField } from '../../../pieces/SearchField.tsx'
import { When } from '../../../pieces/When.tsx'
import { repoPage } from '../../../places.ts'
import { Bars } from './Bars.tsx'

type Row = ReplyOf<typeof repos.listOrgRepositories>[number]

const Search = z.object({ search: z.string(), type: RepoType, sort: z.enum(['updatedAt']) })

/** The repositories of one owner, searched and sorted here: all of them were read for the sums. */
export function ByRepository({ of, rows }: { of: string; rows: Row[] }) {
  const [{ search, type, sort }, setAddress] = useAddressState(Search)
  const total = rows.reduce((sum, { storage }) => sum + storage, 0)
  const columns = useMemo(() => columnsOf(total), [total])
  const shown = useMemo(() => chosen(rows, { search, type, sort }), [rows, search, type, sort])
  return (
    <Block title="By repository" wide apart>
      <Group gap="sm">
        <SearchField
          label="Search by name"
          value={search ?? ''}
          reading={false}
          onChange={(words) => void setAddress({ search: words })}
        />
        <Select
          aria-label="Type"
          placeholder="All types"
          w={150}
          clearable
          data={[...repoTypes]}
          value={type ?? null}
          onChange={(value) => void setAddress({ type: repoTypes.find((known) => known === value) })}
        />
        <Select
          aria-label="Order"
          w={190}
          allowDeselect={false}
          data={[
            { value: 'storage', label: 'Largest first' },
            { value: 'updatedAt', label: 'Recently updated first' },
          ]}
          value={sort ?? 'storage'}
          onChange={(value) => void setAddress({ sort: value === 'updatedAt' ? value : undefined })}
        />
      </Group>
      <EndlessTable
        label={`Repositories of ${of}`}
        columns={columns}
        list={whole(shown)}
        rowKey={({ type: kind, id }) => `${kind} ${id}`}
        total={shown.length}
        heights={{ row: 57, card: 110 }}
        empty={<Text c="dimmed">No repositories match. Clear filters or change your search.</Text>}
      />
    </Block>
  )
}

interface Filter {
  search: string | undefined
  type: RepoType | undefined
  sort: 'updatedAt' | undefined
}

function chosen(rows: Row[], { search = '', type, sort }: Filter): Row[] {
  const words = fold(search)
  const found = rows.filter((row) => fold(row.id).includes(words) && (type === undefined || row.type === type))
  return sort === undefined ? found : found.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
}

function columnsOf(total: number): Column<Row>[] {
  return [
    {
      id: 'name',
      header: 'Repository',
      card: 'title',
      cell: ({ type, id, visibility }) => (
        <Group gap={6}>
          <LinkTo {...repoPage({ type, id })} size="sm">
            {id}
          </LinkTo>
          <ReachBadges of={{ visibility }} />
        </Group>
      ),
    },
    { id: 'kind', header: 'Type', width: '100px', cell: ({ type }) => type },
    {
      id: 'changed',
      header: 'Updated',
      width: '150px',
      cell: ({ updatedAt }) => (
        <Text size="sm" c="dimmed">
          <When time={updatedAt} />
        </Text>
      ),
    },
    {
      id: 'storage',
      header: 'Storage',
      width: '30%',
      cell: ({ id, storage }) => <Bars label={`Storage of ${id}`} bars={[{ key: id, bytes: storage }]} total={total} />,
    },
  ]
}
