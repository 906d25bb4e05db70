import { Button, Text } from '@mantine/core'
import { sized, type storage } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Word } from '../../../pieces/Word.tsx'

type Owner = storage.StorageOwner

/** The columns of the owners of storage. */
export function storageColumns(onLimit: (owner: Owner) => void): Column<Owner>[] {
  return [
    {
      id: 'owner',
      header: 'Owner',
      card: 'title',
      cell: ({ name }) => (
        <LinkTo to="/$name" params={{ name }} c="inherit" size="sm" fw={500}>
          {name}
        </LinkTo>
      ),
    },
    { id: 'type', header: 'Type', width: '130px', cell: ({ type }) => (type === 'org' ? 'organization' : 'account') },
    { id: 'used', header: 'Used', width: '220px', cell: (owner) => <Used owner={owner} /> },
    { id: 'limit', header: 'Limit', width: '190px', cell: (owner) => <Limit owner={owner} onLimit={onLimit} /> },
  ]
}

function Used({ owner: { used, limit } }: { owner: Owner }) {
  if (limit !== null && used >= limit) return <Word tone="danger">{`${sized(used)}, limit reached`}</Word>
  const share = limit === null || limit === 0 ? '' : ` (${Math.round((used / limit) * 100)}%)`
  return (
    <Text size="sm">
      {sized(used)}
      {share}
    </Text>
  )
}

function Limit({ owner, onLimit }: { owner: Owner; onLimit: (owner: Owner) => void }) {
  const amount = owner.limit === null ? 'No limit' : sized(owner.limit)
  const words = owner.setting === 'default' ? `${amount} (default)` : amount
  return (
    <Button
      size="xs"
      aria-label={`Storage limit of ${owner.name}: ${words}. Change limit`}
      onClick={() => onLimit(owner)}
    >
      {words}
    </Button>
  )
}
