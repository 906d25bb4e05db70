import { createColumnHelper, type RowData, tableFeatures } from '@tanstack/react-table'
import type { ReactNode } from 'react'

/** A column of a table; on a narrow screen rows are cards, and `card` says where the cell stands on one. */
export interface Column<T> {
  id: string
  header: string
  cell: (row: T) => ReactNode
  width?: string
  /** `lead`, `title` and `aside` share the first line; `line` has a line with its header; `foot` ends the card; `none` is left out. */
  card?: 'lead' | 'title' | 'aside' | 'line' | 'foot' | 'none'
  /** What the server calls the order by this column, where it has one. */
  sort?: string
  /** In place of the words of the header. */
  heading?: ReactNode
  /** Numbers: the header stands at the right, as they do. */
  numeric?: boolean
  /** The header is for screen readers only. */
  quiet?: boolean
}

/** In which order a list is: by which column, and whether from the end. */
export interface Sorting {
  by: string
  descending: boolean
  onSort: (by: string, descending: boolean) => void
}

/** Only the core of the table is used: order, filters and pages are the server's. */
export const features = tableFeatures({})

/** The columns as the table library wants them. */
export function displayColumns<T extends RowData>(columns: Column<T>[]) {
  const column = createColumnHelper<typeof features, T>()
  return columns.map(({ id, header, cell }) => column.display({ id, header, cell: ({ row }) => cell(row.original) }))
}
