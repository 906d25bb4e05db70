import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Block.module.css'
import { pageColumnWidth } from './PageColumn.tsx'

interface Part {
  title: string
  about?: ReactNode
  children: ReactNode
  /** As wide as the page, for tables. */
  wide?: boolean
  /** Set off by a line from something above that is no such part. */
  apart?: boolean
}

/** A part of a settings page: its title, what it is for, and what is in it; a line sets it off from the part above. */
export function Block(props: Part) {
  return (
    <section className={classes.block} data-apart={props.apart || undefined} aria-label={props.title}>
      <Title order={2} size="h4">
        {props.title}
      </Title>
      {props.about !== undefined && (
        <Text component="div" size="sm" c="dimmed" mt={4} maw={pageColumnWidth} style={{ textWrap: 'pretty' }}>
          {props.about}
        </Text>
      )}
      <Stack mt="md" align="stretch" maw={props.wide ? undefined : pageColumnWidth}>
        {props.children}
      </Stack>
    </section>
  )
}
