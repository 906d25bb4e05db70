import { Box, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'

/** Around a control that is disabled: says why, on hover and on focus. Without a reason it adds nothing. */
export function Why({ reason, children }: { reason: string | undefined; children: ReactNode }) {
  if (!reason) return children
  return (
    <Tooltip label={reason}>
      <Box component="span" display="inline-flex" tabIndex={0} role="note" aria-label={reason}>
        {children}
      </Box>
    </Tooltip>
  )
}
