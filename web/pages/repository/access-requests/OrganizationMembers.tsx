import { Text } from '@mantine/core'
import { gated, type ReplyOf } from '../../../../api/index.ts'
import { useEndless } from '../../../endless.ts'
import type { Column } from '../../../pieces/columns.ts'
import { SidePanel } from '../../../pieces/Dialog.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { useRepository } from '../../../repository.ts'

interface Panel {
  row: gated.OrganizationAccess | undefined
  onClose: () => void
}

type Member = ReplyOf<typeof gated.listOrganizationAccessMembers>[number]

/** The people who have access by their organization, by name. */
export function OrganizationMembers({ row, onClose }: Panel) {
  return (
    <SidePanel opened={row !== undefined} onClose={onClose} title={`Access of ${row?.organization ?? ''}`}>
      {row && <Members grantee={row.organization} />}
    </SidePanel>
  )
}

function Members({ grantee }: { grantee: string }) {
  const { params } = useRepository()
  const list = useEndless(gated.listOrganizationAccessMembers, {
    params: { ...params, grantee },
    query: { limit: 100 },
  })
  return (
    <EndlessTable
      label={`Members of ${grantee} with access`}
      columns={columns}
      list={list}
      rowKey={({ _id }) => _id}
      dense
      empty={
        <Text size="sm" c="dimmed">
          You can’t see the members of {grantee}.
        </Text>
      }
    />
  )
}

const columns: Column<Member>[] = [
  {
    id: 'person',
    header: 'Person',
    card: 'title',
    cell: ({ user, fullname }) => <Named name={user} fullname={fullname} />,
  },
]
