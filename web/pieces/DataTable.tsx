import { UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type RowData, useTable } from '@tanstack/react-table'
import { useMemo } from 'react'
import { Card } from './Card.tsx'
import { type Column, displayColumns, features, type Sorting } from './columns.ts'
import classes from './Table.module.css'

interface Rows<T> {
  /** What the table holds; read out by screen readers. */
  label: string
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string
  openKey?: string | undefined
  sorting?: Sorting | undefined
}

/** A table of a few dozen rows; on a narrow screen a list of cards. */
export function DataTable<T extends RowData>({ label, columns, rows, rowKey, openKey, sorting }: Rows<T>) {
  const narrow = useMediaQuery('(max-width: 48em)') ?? false
  const display = useMemo(() => displayColumns(columns), [columns])
  const table = useTable({ features, columns: display, data: rows, getRowId: rowKey })
  if (narrow) {
    return (
      <ul className={classes.cards} aria-label={label}>
        {rows.map((row) => (
          <li key={rowKey(row)} className={classes.card}>
            <Card columns={columns} row={row} />
          </li>
        ))}
      </ul>
    )
  }
  return (
    <table className={classes.table}>
      <Heading label={label} columns={columns} sorting={sorting} />
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <tr key={row.id} className={classes.row} data-open={row.id === openKey || undefined}>
            {row.getAllCells().map((cell) => (
              <td key={cell.id}>
                <table.FlexRender cell={cell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface Head<T> {
  label: string
  columns: Column<T>[]
  sorting?: Sorting | undefined
}

/** Caption, widths and headers of a table; those of columns with an order are buttons that sort by it. */
export function Heading<T>({ label, columns, sorting }: Head<T>) {
  return (
    <>
      <caption>
        <VisuallyHidden>{label}</VisuallyHidden>
      </caption>
      <colgroup>
        {columns.map(({ id, width }) => (
          <col key={id} style={width ? { width } : {}} />
        ))}
      </colgroup>
      <thead className={classes.head}>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              style={column.numeric ? { textAlign: 'right' } : {}}
              aria-sort={sortOf(column, sorting)}
            >
              <HeadWords column={column} sorting={sorting} />
            </th>
          ))}
        </tr>
      </thead>
    </>
  )
}

function sortOf<T>({ sort }: Column<T>, sorting: Sorting | undefined): 'ascending' | 'descending' | undefined {
  if (sort === undefined || sort !== sorting?.by) return undefined
  return sorting.descending ? 'descending' : 'ascending'
}

function HeadWords<T>({ column, sorting }: { column: Column<T>; sorting: Sorting | undefined }) {
  const { header, heading, quiet, sort } = column
  if (heading !== undefined) return heading
  if (quiet) return <VisuallyHidden>{header}</VisuallyHidden>
  if (sort === undefined || sorting === undefined) return header
  const direction = sortOf(column, sorting)
  const Icon = direction === 'descending' ? IconArrowDown : IconArrowUp
  return (
    <UnstyledButton
      className={classes.sort}
      fz="inherit"
      c="inherit"
      data-sorted={direction !== undefined || undefined}
      onClick={() => sorting.onSort(sort, direction === 'ascending')}
    >
      {header}
      <Icon size={13} aria-hidden />
    </UnstyledButton>
  )
}
