import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Empty.module.css'

/** A page with nothing on it yet: what it is for, and the one thing to do. */
export function Empty(props: { title: string; children: ReactNode; icon?: ReactNode; action?: ReactNode }) {
  return (
    <Stack className={classes.empty} align="center" gap="xs" ta="center">
      <div className={classes.icon} aria-hidden>
        {props.icon}
      </div>
      <Title order={2} size="h4">
        {props.title}
      </Title>
      <Text c="dimmed" size="sm" maw={480}>
        {props.children}
      </Text>
      {props.action && <div className={classes.action}>{props.action}</div>}
    </Stack>
  )
}
