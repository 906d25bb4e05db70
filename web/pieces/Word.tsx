import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Word.module.css'

/** A word or two about the state of something: `primary`, `not verified`, `suspended`. */
export function Word({
  tone = 'plain',
  children,
}: {
  tone?: 'plain' | 'accent' | 'good' | 'warn' | 'danger'
  children: ReactNode
}) {
  return (
    <Badge className={classes.word ?? ''} data-tone={tone} variant="default" tt="none" fw={500} radius="sm">
      {children}
    </Badge>
  )
}
