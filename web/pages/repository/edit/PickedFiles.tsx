import { ActionIcon, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { files, sized } from '../../../../api/index.ts'
import { whole } from '../../../endless.ts'
import { client } from '../../../hub.ts'
import type { Column } from '../../../pieces/columns.ts'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { useRepository } from '../../../repository.ts'
import type { Base } from './base.ts'
import type { Picked } from './picked.ts'

const askedAtOnce = 1000

interface Part {
  base: Base
  picked: Picked[]
  onRemove?: (path: string) => void
}

/** What will be committed: each file with its size, and whether it takes the place of one that is there. */
export function PickedFiles({ base, picked, onRemove }: Part) {
  const there = useThere(base, picked)
  const columns = useMemo(() => columnsOf(there, onRemove), [there, onRemove])
  return (
    <EndlessTable
      label="Files to commit"
      columns={columns}
      list={whole(picked)}
      rowKey={({ path }) => path}
      total={picked.length}
      heights={{ row: 45, card: 64 }}
      dense
      empty={null}
    />
  )
}

// Of a great many files only the first are looked up: it is a word beside a name, and decides nothing.
function useThere({ head }: Base, picked: Picked[]): ReadonlySet<string> {
  const { params } = useRepository()
  const paths = picked.slice(0, askedAtOnce).map(({ path }) => path)
  const { data } = useQuery({
    queryKey: ['rehearsal', 'there', params, head, paths],
    queryFn: () => client.call(files.pathsInfo, { params: { ...params, rev: head ?? '' }, body: { paths } }),
    enabled: head !== undefined && paths.length > 0,
    gcTime: 0,
  })
  return useMemo(() => new Set((data ?? []).map(({ path }) => path)), [data])
}

function sizeOf({ file }: Picked) {
  return (
    <Text size="sm" className="nowrap">
      {sized(file.size)}
    </Text>
  )
}

function columnsOf(there: ReadonlySet<string>, onRemove: Part['onRemove']): Column<Picked>[] {
  const columns: Column<Picked>[] = [
    {
      id: 'path',
      header: 'File',
      card: 'title',
      cell: ({ path }) => (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {path} {there.has(path) && <Word tone="warn">replaces existing file</Word>}
        </Text>
      ),
    },
    { id: 'size', header: 'Size', width: '120px', card: 'aside', cell: sizeOf },
  ]
  if (!onRemove) return columns
  const remove = ({ path }: Picked) => (
    <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${path}`} onClick={() => onRemove(path)}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  )
  return [...columns, { id: 'remove', header: 'Remove', quiet: true, width: '56px', card: 'aside', cell: remove }]
}
