import { Stack, type StackProps } from '@mantine/core'
import type { Ref } from 'react'

/** What people read and fill in, at the one width it has on every page. Tables are outside: they are as wide as they need. */
export function PageColumn(props: Omit<StackProps, 'maw' | 'w'> & { ref?: Ref<HTMLDivElement> }) {
  return <Stack {...props} maw={pageColumnWidth} />
}

/** The width of a {@link PageColumn}, for pieces that are none. */
export const pageColumnWidth = 'var(--hall-column)'
