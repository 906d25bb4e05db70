import { Text, VisuallyHidden } from '@mantine/core'
import { Fragment, useMemo } from 'react'
import classes from './Commit.module.css'
import { type DiffLine, hunksOf } from './diff.ts'

const signs: Record<DiffLine['kind'], string> = { same: ' ', added: '+', removed: '−', note: ' ' }

/** The lines of a change, with their numbers before and after. */
export function Diff({ patch, path }: { patch: string; path: string }) {
  const hunks = useMemo(() => hunksOf(patch), [patch])
  if (hunks.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="sm">
        No lines changed.
      </Text>
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard
    <section className={classes.diff} tabIndex={0} aria-label={`Lines of ${path}`}>
      <table>
        <caption>
          <VisuallyHidden>Changes in {path}</VisuallyHidden>
        </caption>
        <thead>
          <tr>
            <VisuallyHidden component="th">Before</VisuallyHidden>
            <VisuallyHidden component="th">After</VisuallyHidden>
            <VisuallyHidden component="th">Line</VisuallyHidden>
          </tr>
        </thead>
        <tbody>
          {hunks.map((hunk) => (
            <Fragment key={hunk.head}>
              <tr className={classes.hunk}>
                <td colSpan={3}>{hunk.head}</td>
              </tr>
              {hunk.lines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line of a diff has no other name than its place
                <Line key={index} line={line} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Line({ line }: { line: DiffLine }) {
  return (
    <tr data-kind={line.kind}>
      <td className={classes.number}>{line.before}</td>
      <td className={classes.number}>{line.after}</td>
      <td className={classes.text}>
        <span className={classes.sign}>{signs[line.kind]}</span>
        {line.kind === 'note' ? <em>{line.text}</em> : line.text}
      </td>
    </tr>
  )
}
