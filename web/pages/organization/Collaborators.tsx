import { Group, SegmentedControl } from '@mantine/core'
import { IconUserShare } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { collaborators } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { restart, useEndless } from '../../endless.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import type { Column } from '../../pieces/columns.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Word } from '../../pieces/Word.tsx'
import { repoPage } from '../../places.ts'
import { counted } from '../../words.ts'
import { EndGrant, grantColumns, useGrantChange } from '../repository/settings/grants.tsx'

type Row = collaborators.Grant

const Search = z.object({ search: z.string(), who: z.enum(['everybody']) })
const readAtOnce = 100

/** Who has access to single repositories of the organization: outside collaborators, or members as well. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'collaborator.listOrg', 'Only admins can view collaborators.')
  if (reason !== undefined) {
    return (
      <>
        <PageHead title="Collaborators" of={org.name} />
        <Empty title="You can’t view this page">{reason}</Empty>
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
    <ListPage
      head={{
        title: 'Collaborators',
        of: org.name,
        guide: 'collaborators',
        state: stateOf(org, { rows: list.rows, isWhole: !list.more && !search, isOutsiders: who === undefined }),
      }}
      things="collaborators"
      label={`Collaborators on repositories of ${org.name}`}
      search={{
        label: 'Search by person or repository',
        value: search,
        onChange: (words) => void setAddress({ search: words }),
      }}
      filters={
        <SegmentedControl
          aria-label="Collaborators"
          data={[
            { value: 'outsiders', label: 'Outside collaborators' },
            { value: 'everybody', label: 'Include members' },
          ]}
          value={who ?? 'outsiders'}
          onChange={(value) => void setAddress({ who: value === 'everybody' ? value : undefined })}
        />
      }
      onClear={search ? () => void setAddress({ search: undefined }) : undefined}
      columns={columns}
      list={list}
      rowKey={({ _id, repo }) => `${_id} ${repo.type} ${repo.id}`}
      heights={{ row: 57, card: 180 }}
      empty={{
        title: 'No outside collaborators',
        icon: <IconUserShare size={28} />,
        guide: 'collaborators',
        children: 'Add collaborators in the settings of a repository. They don’t become members or use seats.',
      }}
    >
      {ending && <EndGrant grant={ending} repo={ending.repo} onDone={again} onClose={() => setEnding(undefined)} />}
    </ListPage>
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
    return `People with access to individual repositories of ${org.name}.`
  }
  const people = new Set(rows.map(({ _id }) => _id)).size
  const repositories = new Set(rows.map(({ repo }) => `${repo.type} ${repo.id}`)).size
  const writers = Object.groupBy(rows, ({ role }) => role).write?.length ?? 0
  const who = isOutsiders ? counted(people, 'outside collaborator') : counted(people, 'person', 'people')
  const where = counted(repositories, 'repository', 'repositories')
  const access = `${writers.toLocaleString('en')} with write access`
  return `${who} · ${where} · ${access}${isOutsiders ? ' · no seats used' : ''}`
}

function columnsOf(deeds: Parameters<typeof grantColumns<Row>>[0]): Column<Row>[] {
  const [person, ...others] = grantColumns<Row>(deeds).filter(({ id }) => id !== 'added')
  const repository: Column<Row> = {
    id: 'repository',
    header: 'Repository',
    cell: ({ repo }) => (
      <Group gap={6}>
        <LinkTo {...repoPage(repo, '/settings')} size="sm">
          {repo.id}
        </LinkTo>
        {!repo.private && <Word>public</Word>}
      </Group>
    ),
  }
  return [...(person ? [person] : []), repository, ...others]
}
