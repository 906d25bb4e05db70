import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { nextHash } from '../next.ts'

interface Target {
  to: string
  search?: Record<string, unknown>
  /** Where a door leads afterwards. */
  next?: string
  title?: string
  children: ReactNode
}

/** A link to another page of these pages. */
export function LinkTo({ to, search, next = '/', children, ...rest }: Target & AnchorProps) {
  return (
    <Anchor
      inherit={rest.size === undefined && rest.fz === undefined}
      {...rest}
      renderRoot={(props) => <Link to={to} search={search as never} hash={nextHash(next)} {...props} />}
    >
      {children}
    </Anchor>
  )
}

/** A link that looks like a button. */
export function ButtonTo({ to, search, next = '/', children, ...rest }: Target & ButtonProps) {
  return (
    <Button
      {...rest}
      renderRoot={(props) => <Link to={to} search={search as never} hash={nextHash(next)} {...props} />}
    >
      {children}
    </Button>
  )
}
