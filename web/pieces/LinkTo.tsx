import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface Target {
  to: string
  search?: Record<string, unknown>
  title?: string
  children: ReactNode
}

/** A link to another page of these pages. */
export function LinkTo({ to, search, children, ...rest }: Target & AnchorProps) {
  return (
    <Anchor
      inherit={rest.size === undefined && rest.fz === undefined}
      {...rest}
      renderRoot={(props) => <Link to={to} search={search as never} {...props} />}
    >
      {children}
    </Anchor>
  )
}

/** A link that looks like a button. */
export function ButtonTo({ to, search, children, ...rest }: Target & ButtonProps) {
  return (
    <Button {...rest} renderRoot={(props) => <Link to={to} search={search as never} {...props} />}>
      {children}
    </Button>
  )
}
