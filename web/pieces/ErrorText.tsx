import { Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** A sentence about something that went wrong, or a limit that is reached, beside what it is about. */
export function ErrorText({
  size = 'sm',
  role,
  children,
}: {
  size?: 'xs' | 'sm'
  role?: 'alert'
  children: ReactNode
}) {
  return (
    <Text size={size} role={role} c="var(--mantine-color-red-light-color)" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  )
}
