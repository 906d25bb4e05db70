import { ActionIcon, Group, Skeleton, Text } from '@mantine/core'
import { IconGitBranch, IconTag, IconTrash } from '@tabler/icons-react'
import { files } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Column } from '../../../pieces/columns.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { commitPage, folderPage } from '../../../places.ts'
import { mainBranch, useRepository } from '../../../repository.ts'
import { shortRevision } from '../paths.ts'
import type { Reference, ReferenceKind } from '../references.ts'

/** The columns of a table of branches or tags; without `onDelete` there is no button for it. */
export function referenceColumns(
  kind: ReferenceKind,
  onDelete: ((reference: Reference) => void) | undefined,
): Column<Reference>[] {
  const columns: Column<Reference>[] = [
    { id: 'name', header: 'Name', width: '36%', card: 'title', cell: (row) => <Name kind={kind} row={row} /> },
    { id: 'commit', header: 'Last commit', card: 'foot', cell: (row) => <LastCommit row={row} /> },
  ]
  if (!onDelete) return columns
  const cell = (row: Reference) => <Delete kind={kind} row={row} onDelete={onDelete} />
  return [...columns, { id: 'delete', header: 'Delete', width: '52px', card: 'aside', quiet: true, cell }]
}

function Name({ kind, row }: { kind: ReferenceKind; row: Reference }) {
  const repository = useRepository()
  const Icon = kind === 'tag' ? IconTag : IconGitBranch
  return (
    <Group gap={8} wrap="nowrap" miw={0}>
      <Icon size={16} aria-hidden style={{ flex: 'none' }} />
      <LinkTo {...folderPage(repository, 'tree', row.name)} size="sm" fw={500} truncate title={row.name}>
        {row.name}
      </LinkTo>
      {kind === 'branch' && row.name === mainBranch && <Word>default</Word>}
    </Group>
  )
}

function LastCommit({ row }: { row: Reference }) {
  const repository = useRepository()
  const params = { ...repository.params, rev: row.targetCommit }
  const { data, error } = useMaybe(files.listCommits, { params, query: { limit: 1 } })
  const [commit] = data ?? []
  if (!data && !error) return <Skeleton height={12} width="70%" />
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between" miw={0}>
      <LinkTo {...commitPage(repository, row.targetCommit)} size="sm" c="dimmed" truncate>
        {commit?.title ?? shortRevision(row.targetCommit)}
      </LinkTo>
      {commit && (
        <Text span size="sm" c="dimmed" className="nowrap">
          <When time={commit.date} />
        </Text>
      )}
    </Group>
  )
}

function Delete(props: { kind: ReferenceKind; row: Reference; onDelete: (reference: Reference) => void }) {
  const { kind, row, onDelete } = props
  // The branch that clones begin with stays.
  if (kind === 'branch' && row.name === mainBranch) return null
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={`Delete the ${kind} ${row.name}`}
      onClick={() => onDelete(row)}
    >
      <IconTrash size={16} aria-hidden />
    </ActionIcon>
  )
}
