import { Button, Text } from '@mantine/core'
import { IconFolders, IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import { z } from 'zod'
import { groups, type ReplyOf } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import type { Column } from '../../pieces/columns.ts'
import { DataTable } from '../../pieces/DataTable.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { Why } from '../../pieces/Why.tsx'
import { counted } from '../../words.ts'
import { NewGroup } from './groups/NewGroup.tsx'
import { autoJoinWords } from './groups/words.ts'

type Summary = ReplyOf<typeof groups.listGroupSummaries>[number]

const Search = z.object({ new: z.literal('1') })

/** The resource groups that you can see. */
export function Page() {
  const org = useOrg()
  const rows = useReply(groups.listGroupSummaries, { params: { org: org.name } })
  const [{ new: creating }, setAddress] = useAddressState(Search)
  const columns = useMemo(() => groupColumns(org), [org])
  const open = () => void setAddress({ new: '1' }, 'push')
  const action = <NewButton org={org} onClick={open} />
  return (
    <>
      <PageHead
        title="Resource groups"
        of={org.name}
        guide="resource-groups"
        state={stateOf(rows)}
        action={rows.length > 0 && action}
      />
      {rows.length === 0 ? (
        <Empty title="No resource groups" icon={<IconFolders size={28} />} action={action}>
          Private repositories in a resource group are visible only to its members and to admins. Create one for each
          project with restricted access.
        </Empty>
      ) : (
        <DataTable label={`Resource groups of ${org.name}`} columns={columns} rows={rows} rowKey={({ id }) => id} />
      )}
      <NewGroup org={org} opened={creating !== undefined} onClose={() => void setAddress({ new: undefined })} />
    </>
  )
}

function stateOf(rows: Summary[]): string {
  const repositories = rows.reduce((sum, { numRepos }) => sum + numRepos, 0)
  const whose = rows.length > 0 && rows.every(({ role }) => role !== null) ? ' you belong to' : ''
  return `${counted(rows.length, 'group')}${whose} · ${counted(repositories, 'repository', 'repositories')}`
}

function NewButton({ org, onClick }: { org: Org; onClick: () => void }) {
  const reason = whyNot(org, 'group.create', 'Your role can’t create resource groups. Ask an admin.')
  return (
    <Why reason={reason}>
      <Button
        variant="filled"
        leftSection={<IconPlus size={16} aria-hidden />}
        disabled={reason !== undefined}
        onClick={onClick}
      >
        Create group
      </Button>
    </Why>
  )
}

function groupColumns(org: Org): Column<Summary>[] {
  const people = (row: Summary) => (
    <LinkTo to="/organizations/$org/settings/resource-groups/$group" params={{ org: org.name, group: row.name }}>
      {counted(row.numUsers, 'member')}
    </LinkTo>
  )
  const repositories = (row: Summary) => (
    <LinkTo
      to="/organizations/$org/settings/resource-groups/$group"
      params={{ org: org.name, group: row.name }}
      search={{ tab: 'repositories' }}
    >
      {counted(row.numRepos, 'repository', 'repositories')}
    </LinkTo>
  )
  return [
    { id: 'name', header: 'Name', card: 'title', cell: (row) => <Name org={org} row={row} /> },
    { id: 'people', header: 'Members', width: '130px', cell: people },
    { id: 'repositories', header: 'Repositories', width: '150px', cell: repositories },
    {
      id: 'autoJoin',
      header: 'Auto-join',
      width: '25%',
      cell: (row) => <Text size="sm">{autoJoinWords(row.autoJoin)}</Text>,
    },
    {
      id: 'role',
      header: 'Your role',
      width: '120px',
      card: 'aside',
      cell: ({ role }) => role && <RoleBadge role={role} />,
    },
  ]
}

function Name({ org, row }: { org: Org; row: Summary }) {
  return (
    <div style={{ minWidth: 0 }}>
      <LinkTo
        to="/organizations/$org/settings/resource-groups/$group"
        params={{ org: org.name, group: row.name }}
        fw={500}
        size="sm"
        truncate
        display="block"
      >
        {row.name}
      </LinkTo>
      <Text size="xs" c="dimmed" truncate>
        {row.managedBy === 'scim' ? 'Managed by SCIM' : row.description}
      </Text>
    </div>
  )
}
