import { Group, Select, Stack, Text } from '@mantine/core'
import { IconDatabase } from '@tabler/icons-react'
import { useMemo } from 'react'
import { z } from 'zod'
import {
  groups,
  type OrgSettings,
  organizations,
  type ReplyOf,
  RepoType,
  repos,
  repoTypes,
  sized,
} from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { groupAddress, orgSettingsAddress, repoAddress } from '../../addresses.ts'
import { whole } from '../../endless.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import type { Column } from '../../pieces/columns.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { When } from '../../pieces/When.tsx'
import { Word } from '../../pieces/Word.tsx'
import { counted } from '../../words.ts'
import { Bars } from './storage/Bars.tsx'

type Row = ReplyOf<typeof repos.listOrgRepositories>[number]

const Search = z.object({ search: z.string(), type: RepoType, sort: z.enum(['updatedAt']) })
const most = 10_000

/** The repositories of an organization by the storage they use, and the same by resource group. */
export function Page() {
  const org = useOrg()
  const all = useReply(repos.listOrgRepositories, { params: { org: org.name }, query: { limit: most } })
  const mayCreate = org.may.includes('repo.create')
  return (
    <>
      <PageHead title="Repositories and storage" of={org.name} state={<State org={org} rows={all} />} />
      {all.length === 0 ? (
        <Empty
          title="No repositories to show"
          icon={<IconDatabase size={28} />}
          action={
            mayCreate && (
              <ButtonTo to="/new" search={{ owner: org.name }}>
                New repository
              </ButtonTo>
            )
          }
        >
          What the models, data sets and spaces of {org.name} take on disk is told here, each for itself and summed up
          by resource group.
        </Empty>
      ) : (
        <Stack gap={0}>
          <ByGroup org={org} rows={all} />
          <ByRepository org={org} rows={all} />
        </Stack>
      )}
    </>
  )
}

const visibilityWords: Record<OrgSettings['repoVisibility'], string> = {
  public: 'New ones are public unless chosen otherwise',
  private: 'New ones are private unless chosen otherwise',
  private_only: 'All are private, and only admins make one public',
}

function State({ org, rows }: { org: Org; rows: Row[] }) {
  const { data: settings } = useMaybe(
    organizations.getSettings,
    org.may.includes('org.viewSettings') ? { params: { org: org.name } } : undefined,
  )
  const open = rows.filter(({ visibility }) => visibility === 'public').length
  return (
    <>
      {counted(rows.length, 'repository', 'repositories')} that you may read, {open.toLocaleString('en')} of them
      public, {sized(sumOf(rows))} in all.
      {settings && (
        <>
          {' '}
          <LinkTo to={orgSettingsAddress(org.name, 'security')}>{visibilityWords[settings.repoVisibility]}</LinkTo>.
        </>
      )}
    </>
  )
}

function sumOf(rows: { storage: number }[]): number {
  return rows.reduce((sum, { storage }) => sum + storage, 0)
}

function ByGroup({ org, rows }: { org: Org; rows: Row[] }) {
  const { data } = useMaybe(
    groups.listGroupSummaries,
    org.may.includes('group.list') ? { params: { org: org.name } } : undefined,
  )
  if (!data || data.length === 0) return null
  const total = sumOf(rows)
  const grouped = data.map(({ name, numRepos, storage }) => ({
    key: name,
    label: <LinkTo to={groupAddress(org.name, name)}>{name}</LinkTo>,
    about: counted(numRepos, 'repository', 'repositories'),
    bytes: storage,
  }))
  const rest = rows.length - data.reduce((sum, { numRepos }) => sum + numRepos, 0)
  const others = {
    key: '',
    label: 'In no group',
    about: counted(rest, 'repository', 'repositories'),
    bytes: total - sumOf(data),
  }
  const bars = [...grouped, ...(rest > 0 ? [others] : [])].toSorted((a, b) => b.bytes - a.bytes)
  return (
    <Block title="By resource group" wide>
      <Bars label={`Storage of ${org.name} by resource group`} bars={bars} total={total} />
    </Block>
  )
}

function ByRepository({ org, rows }: { org: Org; rows: Row[] }) {
  const [{ search, type, sort }, setAddress] = useAddressState(Search)
  const largest = Math.max(...rows.map(({ storage }) => storage))
  const columns = useMemo(() => columnsOf(largest), [largest])
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
          aria-label="Kind"
          placeholder="All kinds"
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
            { value: 'updatedAt', label: 'Changed last first' },
          ]}
          value={sort ?? 'storage'}
          onChange={(value) => void setAddress({ sort: value === 'updatedAt' ? value : undefined })}
        />
      </Group>
      <EndlessTable
        label={`Repositories of ${org.name}`}
        columns={columns}
        list={whole(shown)}
        rowKey={({ type: kind, id }) => `${kind} ${id}`}
        total={shown.length}
        heights={{ row: 57, card: 110 }}
        empty={<Text c="dimmed">No repository matches.</Text>}
      />
    </Block>
  )
}

interface Filter {
  search: string | undefined
  type: RepoType | undefined
  sort: 'updatedAt' | undefined
}

// All of them were read for the sums, so that they are searched here.
function chosen(rows: Row[], { search = '', type, sort }: Filter): Row[] {
  const words = search.toLowerCase()
  const found = rows.filter((row) => row.id.toLowerCase().includes(words) && (type === undefined || row.type === type))
  return sort === undefined ? found : found.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
}

function columnsOf(largest: number): Column<Row>[] {
  return [
    {
      id: 'name',
      header: 'Repository',
      card: 'title',
      cell: ({ type, id, visibility }) => (
        <Group gap={6}>
          <LinkTo to={repoAddress(type, id)} size="sm">
            {id}
          </LinkTo>
          {visibility === 'private' && <Word>private</Word>}
        </Group>
      ),
    },
    { id: 'kind', header: 'Kind', width: '100px', cell: ({ type }) => type },
    {
      id: 'changed',
      header: 'Changed',
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
      cell: ({ id, storage, storagePercent }) => (
        <Bars
          label={`Storage of ${id}`}
          bars={[{ key: id, bytes: storage, percent: storagePercent }]}
          total={largest}
        />
      ),
    },
  ]
}
