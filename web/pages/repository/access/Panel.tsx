import { Stack, Text } from '@mantine/core'
import { SidePanel } from '../../../pieces/Dialog.tsx'
import { ExplainedAccess } from '../../../pieces/ExplainedAccess.tsx'

interface Panel {
  org: string
  repo: string
  user: string | undefined
  action: { action: string; label: string }
  onClose: () => void
}

/** How one person got access, at the side of the list. */
export function AccessPanel({ org, repo, user, action, onClose }: Panel) {
  return (
    <SidePanel opened={user !== undefined} onClose={onClose} size={460} title="How they have access">
      {user !== undefined && (
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            Action: {action.label}
          </Text>
          <ExplainedAccess org={org} user={user} repo={repo} action={action.action} />
        </Stack>
      )}
    </SidePanel>
  )
}
