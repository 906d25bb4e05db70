import { Text, VisuallyHidden } from '@mantine/core'
import { useMemo } from 'react'
import { counted } from '../../../words.ts'
import { rowsOf, separatorOf } from './csv.ts'
import classes from './File.module.css'

const rowsShown = 200

/** The first rows of a table that is kept as text. */
export function CsvTable({ text, name }: { text: string; name: string }) {
  const [head = [], ...rows] = useMemo(() => rowsOf(text, separatorOf(text), rowsShown + 2), [text])
  const shown = rows.slice(0, rowsShown)
  const words = rows.length > rowsShown ? `First ${rowsShown} rows` : counted(rows.length, 'row')
  return (
    <div>
      <Text size="sm" c="dimmed" mb="xs">
        {words} · {counted(head.length, 'column')}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard */}
      <section className={`${classes.frame} ${classes.table}`} tabIndex={0} aria-label={`Rows of ${name}`}>
        <table>
          <thead>
            <tr>
              <td>
                <VisuallyHidden>Row</VisuallyHidden>
              </td>
              {numbered(head).map(({ key, cell }) => (
                <th key={key} scope="col" title={cell}>
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((cells, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their number
              <tr key={index}>
                <th scope="row">{index + 1}</th>
                {numbered(cells).map(({ key, cell }) => (
                  <td key={key} title={cell}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}

function numbered(cells: string[]): { key: number; cell: string }[] {
  return cells.map((cell, key) => ({ key, cell }))
}
