import { Button, Group } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { ReplyOf, users } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { useAccount } from '../../../session.ts'
import { counted } from '../../../words.ts'
import { Leave } from './Leave.tsx'

type Mine = ReplyOf<typeof users.listMyOrganizations>['organizations'][number]

/** The organizations you are in. */
export function OrganizationTable({ rows }: { rows: Mine[] }) {
  const [leaving, setLeaving] = useState<string>()
  // A managed account can't leave: its identity provider decides
  const mayLeave = useAccount()?.managedBy === null
  const columns = useMemo(() => organizationColumns(setLeaving, mayLeave), [mayLeave])
  return (
    <>
      <DataTable label="Your organizations" columns={columns} rows={rows} rowKey={({ id }) => id} />
      {leaving !== undefined && <Leave name={leaving} onClose={() => setLeaving(undefined)} />}
    </>
  )
}

function organizationColumns(onLeave: (name: string) => void, mayLeave: boolean): Column<Mine>[] {
  const columns: Column<Mine>[] = [
    {
      id: 'organization',
      header: 'Organization',
      card: 'title',
      cell: (row) => (
        <LinkTo to="/$name" params={{ name: row.name }} c="inherit">
          <Named name={row.name} fullname={row.fullname} square />
        </LinkTo>
      ),
    },
    {
      id: 'role',
      header: 'Your role',
      width: '160px',
      card: 'line',
      cell: (row) => (
        <Group gap={6}>
          <RoleBadge role={row.role} />
          {row.blockedBy.includes('mfa') && <Word tone="warn">no access</Word>}
        </Group>
      ),
    },
    { id: 'people', header: 'People', width: '200px', cell: (row) => <People row={row} /> },
    { id: 'joined', header: 'Joined', width: '150px', cell: ({ joinedAt }) => <When time={joinedAt} /> },
    {
      id: 'leave',
      header: 'Leave',
      quiet: true,
      width: '120px',
      card: 'aside',
      cell: ({ name }) => (
        <Button size="xs" aria-label={`Leave ${name}`} onClick={() => onLeave(name)}>
          Leave…
        </Button>
      ),
    },
  ]
  return mayLeave ? columns : columns.filter(({ id }) => id !== 'leave')
}

function People({ row }: { row: Mine }) {
  const members = counted(row.numUsers, 'member')
  const admins = counted(row.numAdmins, 'admin')
  if (!row.seesMembers) return `${members}, ${admins}`
  return (
    <>
      <LinkTo to="/organizations/$org/settings/members" params={{ org: row.name }} inherit>
        {members}
      </LinkTo>
      ,{' '}
      <LinkTo to="/organizations/$org/settings/members" params={{ org: row.name }} search={{ role: 'admin' }} inherit>
        {admins}
      </LinkTo>
    </>
  )
}
