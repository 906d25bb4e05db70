import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { ConfirmByTyping } from './ConfirmByTyping.tsx'
import { When } from './When.tsx'

/** A token in a list: its name and its end, by which its owner knows it; below that, what it can reach. */
export function TokenName({ name, last4, children }: { name: string; last4: string; children?: ReactNode }) {
  return (
    <>
      <Text size="sm" fw={500} truncate>
        {name}
      </Text>
      <Text size="xs" c="dimmed" className="mono">
        hf_…{last4}
      </Text>
      {children}
    </>
  )
}

interface Deed {
  deed: 'Rotate' | 'Delete' | 'Revoke'
  token: { name: string; lastUsedAt: string | null }
  change: { isPending: boolean; error: unknown }
  onConfirm: () => void
  onClose: () => void
  /** What happens to programs that use the token. */
  children: ReactNode
}

/** Asks before a token stops working, and says when it was last used. */
export function ConfirmTokenDeed({ deed, token: { name, lastUsedAt }, change, onConfirm, onClose, children }: Deed) {
  const words = `${deed} ${name}`
  return (
    <ConfirmByTyping
      opened
      title={words}
      label={words}
      busy={change.isPending}
      error={change.error}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <Text size="sm">
        {lastUsedAt ? (
          <>
            Last used <When time={lastUsedAt} />.
          </>
        ) : (
          'Never used.'
        )}
      </Text>
      <Text size="sm">{children}</Text>
    </ConfirmByTyping>
  )
}
