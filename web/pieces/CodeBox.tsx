import { Code } from '@mantine/core'
import classes from './CodeBox.module.css'
import { CopyIcon } from './Copy.tsx'

/** Lines to take away: copied by the button at their side. */
export function CodeBox({ lines, label }: { lines: string; label: string }) {
  return (
    <div className={classes.box}>
      <Code block className={classes.lines ?? ''} tabIndex={0} role="group" aria-label={label}>
        {lines}
      </Code>
      <div className={classes.copy}>
        <CopyIcon value={lines} label={`Copy: ${label}`} size="sm" />
      </div>
    </div>
  )
}
