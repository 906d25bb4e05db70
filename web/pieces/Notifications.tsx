import { ActionIcon, Indicator, Popover, Stack, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useState } from 'react'
import { useNotifications, type WaitingItem } from '../notifications.ts'
import { counted } from '../words.ts'
import { LinkTo } from './LinkTo.tsx'

/** Everything that needs your attention, behind a bell that counts it. */
export function NotificationBell() {
  const [opened, setOpened] = useState(false)
  const items = useNotifications() ?? []
  const label = items.length === 0 ? 'No notifications' : counted(items.length, 'notification')
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={340} shadow="sm" trapFocus returnFocus>
      <Indicator label={items.length} size={16} disabled={items.length === 0} offset={5}>
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setOpened(!opened)}>
            <IconBell size={19} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label="Notifications" mah="70vh" style={{ overflowY: 'auto' }}>
        <NotificationList items={items} onFollow={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** The same as a list: a sentence each, and the way to deal with it. */
export function NotificationList({ items, onFollow }: { items: WaitingItem[]; onFollow?: () => void }) {
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed" tabIndex={-1}>
        No notifications.
      </Text>
    )
  }
  return (
    <Stack gap="sm" onClick={onFollow}>
      {items.map(({ key, sentence, page, action }) => (
        <Text key={key} size="sm">
          {sentence}{' '}
          <LinkTo {...page} className="nowrap">
            {action}
          </LinkTo>
        </Text>
      ))}
    </Stack>
  )
}
