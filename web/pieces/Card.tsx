import type { ReactNode } from 'react'
import type { Column } from './columns.ts'
import classes from './Table.module.css'

/** A row of a table as a card, for narrow screens. */
export function Card<T>({ columns, row }: { columns: Column<T>[]; row: T }) {
  const at = (place: Column<T>['card']) => columns.filter(({ card }) => (card ?? 'line') === place)
  return (
    <>
      <div className={classes.cardHead}>
        {at('lead').map((column) => part(column, row))}
        <div className={classes.cardTitle}>{at('title').map((column) => part(column, row))}</div>
        {at('aside').map((column) => part(column, row))}
      </div>
      {at('line').map((column) => (
        <CardLine key={column.id} header={column.header} content={column.cell(row)} />
      ))}
      {at('foot').map((column) => part(column, row))}
    </>
  )
}

function part<T>(column: Column<T>, row: T) {
  return <div key={column.id}>{column.cell(row)}</div>
}

function CardLine({ header, content }: { header: string; content: ReactNode }) {
  if (content === null || content === undefined || content === '') return null
  return (
    <div className={classes.cardLine}>
      <span className={classes.cardLabel}>{header}</span>
      <div className={classes.cardValue}>{content}</div>
    </div>
  )
}
