import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'

interface MoreItem {
  label: string
  danger?: boolean
  onClick: () => void
}

/** What else can be done with one row, behind three dots; `of` is the name of the row. */
export function MoreMenu({ of, items, size = 'md' }: { of: string; items: readonly MoreItem[]; size?: 'md' | 'lg' }) {
  return (
    <Menu position="bottom-end" width={210}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={size} aria-label={`More for ${of}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, danger, onClick }) => (
          <Menu.Item key={label} {...(danger && { color: 'red' })} onClick={onClick}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
