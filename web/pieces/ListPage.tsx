import { Button, Group } from '@mantine/core'
import type { RowData } from '@tanstack/react-table'
import type { ComponentProps, ReactNode } from 'react'
import { Empty } from './Empty.tsx'
import { EndlessTable } from './EndlessTable.tsx'
import { PageHead } from './PageHead.tsx'
import { SearchField } from './SearchField.tsx'

type Table<T extends RowData> = Omit<ComponentProps<typeof EndlessTable<T>>, 'empty'>

interface List<T extends RowData> extends Table<T> {
  head: ComponentProps<typeof PageHead>
  /** What is listed, as in “No members match.” */
  things: string
  search?: { label: string; value: string | undefined; onChange: (words: string) => void }
  /** What else narrows the list, beside the search. */
  filters?: ReactNode
  /** What stands between them and the list. */
  above?: ReactNode
  /** Shows the whole list again; undefined where nothing narrows it. */
  onClear: (() => void) | undefined
  /** In place of the list when there is nothing to list yet. */
  empty: ComponentProps<typeof Empty>
  /** Dialogs, panels, and what else stands below. */
  children?: ReactNode
}

/** A page that lists things: its head, search and filters, and the list, or what to do when it is empty. */
export function ListPage<T extends RowData>(page: List<T>) {
  const { head, things, search, filters, above, onClear, empty, children, ...table } = page
  const { guide, ...words } = empty
  // The head may link to it already.
  const guideOnce = guide !== undefined && guide !== head.guide ? { guide } : {}
  return (
    <>
      <PageHead {...head} />
      {(search || filters) && (
        <Group gap="sm" mb="sm">
          {search && <SearchField {...search} value={search.value ?? ''} reading={table.list.stale} />}
          {filters}
        </Group>
      )}
      {above}
      <EndlessTable
        {...table}
        empty={onClear ? <NothingFound things={things} onClear={onClear} /> : <Empty {...words} {...guideOnce} />}
      />
      {children}
    </>
  )
}

function NothingFound({ things, onClear }: { things: string; onClear: () => void }) {
  return (
    <Empty title={`No ${things} match`} action={<Button onClick={onClear}>Clear filters</Button>}>
      Clear filters or change your search.
    </Empty>
  )
}
