import { ActionIcon, Indicator, Popover, Stack, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useState } from 'react'
import type { users } from '../../api/index.ts'
import { useWaiting, type WaitingItem } from '../waiting.ts'
import { LinkTo } from './LinkTo.tsx'

/** What waits for you, behind a bell that counts it. */
export function Waiting({ account }: { account: users.Account }) {
  const [opened, setOpened] = useState(false)
  const items = useWaiting(account) ?? []
  const label = items.length === 0 ? 'Nothing waits for you' : `What waits for you: ${items.length}`
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} shadow="sm" trapFocus returnFocus>
      <Indicator label={items.length} size={16} disabled={items.length === 0} offset={5}>
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setOpened(!opened)}>
            <IconBell size={19} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label="What waits for you">
        <WaitingList items={items} onFollow={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** The same as a list: a sentence each, and the way to deal with it. */
export function WaitingList({ items, onFollow }: { items: WaitingItem[]; onFollow?: () => void }) {
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed" tabIndex={-1}>
        Nothing waits for you.
      </Text>
    )
  }
  return (
    <Stack gap="sm" onClick={onFollow}>
      {items.map((item) => (
        <Text key={item.key} size="sm">
          {item.sentence} <LinkTo to={item.to}>{item.action}</LinkTo>
        </Text>
      ))}
    </Stack>
  )
}
