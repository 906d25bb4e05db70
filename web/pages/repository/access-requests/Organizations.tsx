import { Box, Button, Text } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { gated } from '../../../../api/index.ts'
import { whole } from '../../../endless.ts'
import { useChange, useReply } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { Empty } from '../../../pieces/Empty.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import { useRepository } from '../../../repository.ts'
import { counted, roleNames } from '../../../words.ts'
import { OrganizationMembers } from './OrganizationMembers.tsx'

type Row = gated.OrganizationAccess

/** The organizations whose members have access. */
export function OrganizationAccess() {
  const { id, params } = useRepository()
  const rows = useReply(gated.listOrganizationAccess, { params })
  const [removing, setRemoving] = useState<Row>()
  const [shown, setShown] = useState<Row>()
  const columns = useMemo(() => columnsOf({ remove: setRemoving, show: setShown }), [])
  return (
    <Box mt="md">
      <EndlessTable
        label={`Organizations with access to ${id}`}
        columns={columns}
        list={whole(rows)}
        rowKey={(row) => row.id}
        heights={{ row: 65, card: 190 }}
        empty={
          <Empty title="No organizations have access" icon={<IconBuilding size={28} />}>
            Give access to an organization, and its members can download the files while they are members.
          </Empty>
        }
      />
      {removing && <Remove row={removing} onClose={() => setRemoving(undefined)} />}
      <OrganizationMembers row={shown} onClose={() => setShown(undefined)} />
    </Box>
  )
}

function columnsOf({ remove, show }: { remove: (row: Row) => void; show: (row: Row) => void }): Column<Row>[] {
  return [
    {
      id: 'organization',
      header: 'Organization',
      card: 'title',
      cell: ({ organization, fullname }) => (
        <LinkTo to="/$name" params={{ name: organization }} c="inherit" underline="never">
          <Named name={organization} fullname={fullname} square />
        </LinkTo>
      ),
    },
    {
      id: 'who',
      header: 'Who',
      width: '210px',
      cell: (row) => (
        <>
          <Button size="compact-sm" variant="subtle" ml={-8} onClick={() => show(row)}>
            {counted(row.members, 'member')}
          </Button>
          <Text size="xs" c="dimmed">
            {row.role === null ? 'every member' : `${roleNames[row.role]} and higher`}
          </Text>
        </>
      ),
    },
    {
      id: 'given',
      header: 'Given',
      width: '190px',
      cell: ({ grantedAt, grantedBy }) => (
        <Text size="sm" component="div">
          <When time={grantedAt} />
          {grantedBy !== null && ` by ${grantedBy}`}
        </Text>
      ),
    },
    {
      id: 'until',
      header: 'Expires',
      width: '130px',
      cell: ({ expiresAt }) => (expiresAt === null ? 'never' : sayDay(expiresAt)),
    },
    {
      id: 'remove',
      header: 'Remove',
      quiet: true,
      width: '110px',
      card: 'foot',
      cell: (row) => (
        <Button size="xs" aria-label={`Remove access of ${row.organization}`} onClick={() => remove(row)}>
          Remove…
        </Button>
      ),
    },
  ]
}

function Remove({ row: { organization, members }, onClose }: { row: Row; onClose: () => void }) {
  const { params } = useRepository()
  const revoke = useChange(gated.revokeOrganizationAccess, () => {
    showDone(`Removed the access of ${organization}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Remove access of ${organization}`}
      label={`Remove ${organization}`}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ params: { ...params, grantee: organization } })}
      onClose={onClose}
    >
      <Text size="sm">
        {counted(members, 'member')} can no longer download the files, unless their own request was accepted.
      </Text>
    </ConfirmByTyping>
  )
}
