import { Button, Group, Loader, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { FlexRender, type Row, type RowData, useTable } from '@tanstack/react-table'
import { useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Endless } from '../endless.ts'
import { Card } from './Card.tsx'
import { type Column, displayColumns, features, type Sorting } from './columns.ts'
import { DataTable, Heading } from './DataTable.tsx'
import { ErrorNote } from './ErrorNote.tsx'
import { RowsSkeleton } from './Skeletons.tsx'
import classes from './Table.module.css'

interface Rows<T> {
  label: string
  columns: Column<T>[]
  list: Endless<T>
  rowKey: (row: T) => string
  openKey?: string | undefined
  /** How many there are in all, where that is known. */
  total?: number | undefined
  /** Height of a row and of a card before they are measured, in pixels. */
  heights?: { row: number; card: number }
  /** Low rows, for names with little beside them. */
  dense?: boolean
  /** Words below the list, instead of how many there are. */
  foot?: string
  /** The order, where one can choose it. */
  sorting?: Sorting | undefined
  empty: ReactNode
}

// Drawn whole, a list can be searched by the browser and printed; longer ones would be slow.
const drawnWhole = 200

/** A list of any length: of a long one only the rows in sight are drawn, and only the pages that are scrolled to are read. */
export function EndlessTable<T extends RowData>(props: Rows<T>) {
  const { list } = props
  if (list.loading) return <RowsSkeleton rows={10} />
  if (list.error && list.rows.length === 0) return <Failed list={list} />
  if (list.rows.length === 0) return props.empty
  return (
    <div className={list.stale ? classes.stale : ''} aria-busy={list.stale} data-dense={props.dense || undefined}>
      {list.more || list.rows.length > drawnWhole ? <Drawn {...props} /> : <DataTable {...props} rows={list.rows} />}
      <Foot list={list} total={props.total} said={props.foot} />
    </div>
  )
}

function Drawn<T extends RowData>(props: Rows<T>) {
  const narrow = useMediaQuery('(max-width: 48em)') ?? false
  const place = useRef<HTMLDivElement>(null)
  const { list, heights = { row: 57, card: 120 } } = props
  const virtualizer = useWindowVirtualizer<HTMLElement>({
    count: list.rows.length,
    estimateSize: () => (narrow ? heights.card : heights.row),
    overscan: 8,
    scrollMargin: useTop(place),
    getItemKey: (index) => keyAt(props, index),
  })
  const last = virtualizer.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= list.rows.length - 30) list.readMore()
  }, [last, list])
  return (
    <div ref={place}>
      {narrow ? <Cards {...props} virtualizer={virtualizer} /> : <Table {...props} virtualizer={virtualizer} />}
    </div>
  )
}

type Windowed = { virtualizer: Virtualizer<Window, HTMLElement> }

function Table<T extends RowData>({ virtualizer, ...props }: Rows<T> & Windowed) {
  const { columns, list, label, rowKey, openKey } = props
  const display = useMemo(() => displayColumns(columns), [columns])
  const table = useTable({ features, columns: display, data: list.rows, getRowId: rowKey })
  const rows = table.getRowModel().rows
  const { before, after } = gaps(virtualizer)
  return (
    <table className={classes.table} aria-rowcount={props.total === undefined ? -1 : props.total + 1}>
      <Heading label={label} columns={columns} sorting={props.sorting} />
      <tbody>
        <Gap height={before} />
        {virtualizer.getVirtualItems().map(({ index }) => {
          const row = rows[index]
          return row === undefined ? null : (
            <BodyRow
              key={row.id}
              row={row}
              columns={columns}
              index={index}
              isOpen={row.id === openKey}
              measure={virtualizer.measureElement}
            />
          )
        })}
        <Gap height={after} />
      </tbody>
    </table>
  )
}

interface RowProps<T extends RowData> {
  row: Row<typeof features, T>
  columns: Column<T>[]
  index: number
  isOpen: boolean
  measure: (element: HTMLElement | null) => void
}

// Scrolling draws the table again and again; rows that stay in sight need not be.
const BodyRow = memo(
  DrawnRow,
  (before, after) =>
    before.row.original === after.row.original &&
    before.columns === after.columns &&
    before.index === after.index &&
    before.isOpen === after.isOpen,
) as typeof DrawnRow

function DrawnRow<T extends RowData>({ row, index, isOpen, measure }: RowProps<T>) {
  return (
    <tr
      ref={measure}
      data-index={index}
      className={classes.row}
      aria-rowindex={index + 2}
      data-open={isOpen || undefined}
    >
      {row.getAllCells().map((cell) => (
        <td key={cell.id}>
          <FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  )
}

function Gap({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null
}

function Cards<T extends RowData>({ virtualizer, ...props }: Rows<T> & Windowed) {
  const { before, after } = gaps(virtualizer)
  return (
    <ul className={classes.cards} aria-label={props.label} style={{ paddingTop: before, paddingBottom: after }}>
      {virtualizer.getVirtualItems().map(({ index, key }) => {
        const row = props.list.rows[index]
        return row === undefined ? null : (
          <li key={key} ref={virtualizer.measureElement} data-index={index} className={classes.card}>
            <Card columns={props.columns} row={row} />
          </li>
        )
      })}
    </ul>
  )
}

function Failed<T>({ list }: { list: Endless<T> }) {
  return (
    <Stack gap="sm">
      <ErrorNote error={list.error} />
      <Group>
        <Button loading={list.reading} onClick={list.readMore}>
          Try again
        </Button>
      </Group>
    </Stack>
  )
}

function Foot<T>({ list, total, said }: { list: Endless<T>; total: number | undefined; said: string | undefined }) {
  const read = list.rows.length.toLocaleString('en')
  const words = list.more
    ? `Showing ${read}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`}. Scroll for more.`
    : `${read} in total`
  return (
    <Group justify="center" py="md" gap="sm" aria-live="off">
      {list.error ? (
        <>
          <ErrorNote error={list.error} />
          <Button onClick={list.readMore}>Try again</Button>
        </>
      ) : (
        <Text size="xs" c="dimmed">
          {said ?? words}
        </Text>
      )}
      {list.reading && <Loader size={14} aria-label="Loading" />}
    </Group>
  )
}

function keyAt<T>({ list, rowKey }: Rows<T>, index: number): string | number {
  const row = list.rows[index]
  return row === undefined ? index : rowKey(row)
}

/** The empty heights above and below the rows that are drawn. */
function gaps(virtualizer: Windowed['virtualizer']): { before: number; after: number } {
  const items = virtualizer.getVirtualItems()
  const margin = virtualizer.options.scrollMargin
  const end = items.at(-1)?.end ?? margin
  return { before: (items[0]?.start ?? margin) - margin, after: virtualizer.getTotalSize() - (end - margin) }
}

/** How far below the top of the page an element begins; follows what appears above it. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const measure = () => setTop(Math.round((element.current?.getBoundingClientRect().top ?? 0) + window.scrollY))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [element])
  return top
}
