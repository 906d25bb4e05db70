import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Guide } from '../guides.ts'
import classes from './Empty.module.css'
import { GuideLink } from './GuideLink.tsx'

/** A page with nothing on it yet: what it is for, and the one thing to do. */
export function Empty(props: {
  title: string
  children: ReactNode
  icon?: ReactNode
  action?: ReactNode
  /** The guide that explains it. */
  guide?: Guide
}) {
  return (
    <Stack className={classes.empty} align="center" gap="xs" ta="center">
      <div className={classes.icon} aria-hidden>
        {props.icon}
      </div>
      <Title order={2} size="h4">
        {props.title}
      </Title>
      <Text c="dimmed" size="sm" maw={480} className="sentence" component="div">
        {props.children} {props.guide && <GuideLink guide={props.guide} />}
      </Text>
      {props.action && <div className={classes.action}>{props.action}</div>}
    </Stack>
  )
}
