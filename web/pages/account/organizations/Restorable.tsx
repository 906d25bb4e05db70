import { Button, Text } from '@mantine/core'
import { organizations, type ReplyOf, type users } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { showDone, showError } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'

type Deleted = ReplyOf<typeof users.listMyOrganizations>['restorable'][number]

const columns: Column<Deleted>[] = [
  {
    id: 'organization',
    header: 'Organization',
    card: 'title',
    cell: ({ name, fullname }) => (
      <>
        <Text size="sm" fw={500} truncate>
          {fullname || name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {name}
        </Text>
      </>
    ),
  },
  { id: 'deleted', header: 'Deleted', width: '140px', cell: ({ deletedAt }) => <When time={deletedAt} /> },
  { id: 'gone', header: 'Permanent deletion', width: '140px', cell: ({ purgedAt }) => <When time={purgedAt} /> },
  {
    id: 'restore',
    header: 'Restore',
    quiet: true,
    width: '110px',
    card: 'aside',
    cell: (row) => <Restore name={row.name} />,
  },
]

/** Deleted organizations that can be restored. */
export function Restorable({ rows }: { rows: Deleted[] }) {
  return <DataTable label="Deleted organizations" columns={columns} rows={rows} rowKey={({ id }) => id} />
}

function Restore({ name }: { name: string }) {
  const restore = useChange(organizations.restoreOrganization, () => showDone(`${name} restored.`))
  return (
    <Button
      size="xs"
      loading={restore.isPending}
      aria-label={`Restore ${name}`}
      onClick={() => restore.mutate({ params: { org: name } }, { onError: showError })}
    >
      Restore
    </Button>
  )
}
