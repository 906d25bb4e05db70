import { VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type RowData, useTable } from '@tanstack/react-table'
import { useMemo } from 'react'
import { Card } from './Card.tsx'
import { type Column, displayColumns, features } from './columns.ts'
import classes from './Table.module.css'

interface Rows<T> {
  /** What the table holds; read out by screen readers. */
  label: string
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string
  openKey?: string | undefined
}

/** A table of a few dozen rows; on a narrow screen a list of cards. */
export function DataTable<T extends RowData>({ label, columns, rows, rowKey, openKey }: Rows<T>) {
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
      <Heading label={label} columns={columns} />
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

/** Caption, widths and headers of a table. */
export function Heading<T>({ label, columns }: { label: string; columns: Column<T>[] }) {
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
          {columns.map(({ id, header, quiet, numeric }) => (
            <th key={id} scope="col" style={numeric ? { textAlign: 'right' } : {}}>
              {quiet ? <VisuallyHidden>{header}</VisuallyHidden> : header}
            </th>
          ))}
        </tr>
      </thead>
    </>
  )
}
