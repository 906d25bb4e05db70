import { Group, SegmentedControl, Text } from '@mantine/core'
import { IconUserShare } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { collaborators } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { repoPartAddress } from '../../addresses.ts'
import { restart, useEndless } from '../../endless.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import type { Column } from '../../pieces/columns.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { Word } from '../../pieces/Word.tsx'
import { counted } from '../../words.ts'
import { EndGrant, grantColumns, useGrantChange } from '../repository/settings/grants.tsx'

type Row = collaborators.Grant

const Search = z.object({ search: z.string(), who: z.enum(['everybody']) })
const readAtOnce = 100

/** Who holds a grant on single repositories of the organization: outsiders, or everybody. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'collaborator.listOrg', 'Only admins see who holds grants on single repositories.')
  if (reason !== undefined) {
    return (
      <>
        <PageHead title="External collaborators" of={org.name} />
        <Empty title="Not for you to see">{reason}</Empty>
      </>
    )
  }
  return <Grants org={org} />
}

function Grants({ org }: { org: Org }) {
  const [{ search, who }, setAddress] = useAddressState(Search)
  const [ending, setEnding] = useState<Row>()
  const external = who === undefined ? ('true' as const) : undefined
  const list = useEndless(collaborators.listOrganizationCollaborators, {
    params: { org: org.name },
    query: { search, external, limit: readAtOnce },
  })
  const again = () => restart(collaborators.listOrganizationCollaborators)
  const { busy, change } = useGrantChange<Row>(repoOf, again)
  const columns = useMemo(() => columnsOf({ busy, change, remove: setEnding }), [busy, change])
  return (
    <>
      <PageHead
        title="External collaborators"
        of={org.name}
        state={stateOf(org, { rows: list.rows, isWhole: !list.more && !search, isOutsiders: who === undefined })}
      />
      <Group gap="sm" mb="sm">
        <SearchField
          label="Search by person or repository"
          value={search ?? ''}
          reading={list.reading}
          onChange={(words) => void setAddress({ search: words })}
        />
        <SegmentedControl
          aria-label="Whose grants"
          data={[
            { value: 'outsiders', label: 'Outsiders' },
            { value: 'everybody', label: 'Members too' },
          ]}
          value={who ?? 'outsiders'}
          onChange={(value) => void setAddress({ who: value === 'everybody' ? value : undefined })}
        />
      </Group>
      <EndlessTable
        label={`Grants on repositories of ${org.name}`}
        columns={columns}
        list={list}
        rowKey={({ _id, repo }) => `${_id} ${repo.type} ${repo.id}`}
        heights={{ row: 57, card: 180 }}
        empty={search ? <Text c="dimmed">No people or repositories match.</Text> : <NoPeople />}
      />
      {ending && <EndGrant grant={ending} repo={ending.repo} onDone={again} onClose={() => setEnding(undefined)} />}
    </>
  )
}

const repoOf = ({ repo }: Row) => repo

interface Shown {
  rows: Row[]
  /** Whether they are all there are. */
  isWhole: boolean
  isOutsiders: boolean
}

function stateOf(org: Org, { rows, isWhole, isOutsiders }: Shown): string {
  if (rows.length === 0 || !isWhole) {
    return `People who read or write single repositories of ${org.name}. Grants are given in the settings of a repository.`
  }
  const people = new Set(rows.map(({ _id }) => _id)).size
  const repositories = new Set(rows.map(({ repo }) => `${repo.type} ${repo.id}`)).size
  const writers = Object.groupBy(rows, ({ role }) => role).write?.length ?? 0
  const who = isOutsiders ? counted(people, 'outsider') : counted(people, 'person', 'people')
  const where = counted(repositories, 'repository', 'repositories')
  const grants = `${counted(rows.length, 'grant')}, ${writers.toLocaleString('en')} of them to write`
  return `${who} on ${where}: ${grants}.${isOutsiders ? ' They hold no seat.' : ''}`
}

function columnsOf(deeds: Parameters<typeof grantColumns<Row>>[0]): Column<Row>[] {
  const [person, ...others] = grantColumns<Row>(deeds).filter(({ id }) => id !== 'added')
  const repository: Column<Row> = {
    id: 'repository',
    header: 'Repository',
    cell: ({ repo }) => (
      <Group gap={6}>
        <LinkTo to={repoPartAddress(repo, 'settings')} size="sm">
          {repo.id}
        </LinkTo>
        {!repo.private && <Word>public</Word>}
      </Group>
    ),
  }
  return [...(person ? [person] : []), repository, ...others]
}

function NoPeople() {
  return (
    <Empty title="No external collaborators" icon={<IconUserShare size={28} />}>
      To give a person access to a single repository and nothing else, add them as a collaborator: open the settings of
      the repository, and add them there, for a time or without end.
    </Empty>
  )
}
