import { ActionIcon, Menu } from '@mantine/core'
import { IconBox, IconBuildingBank, IconKey, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useInstance } from '../session.ts'

const icon = { size: 16, 'aria-hidden': true } as const

/** What you can create from every page: a repository, an access token, and an organization where you may. */
export function NewMenu() {
  const { mayCreateOrganizations } = useInstance()
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="New">
          <IconPlus size={19} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconBox {...icon} />} renderRoot={(rest) => <Link to="/new" {...rest} />}>
          New repository
        </Menu.Item>
        {mayCreateOrganizations && (
          <Menu.Item
            leftSection={<IconBuildingBank {...icon} />}
            renderRoot={(rest) => <Link to="/organizations/new" {...rest} />}
          >
            New organization
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconKey {...icon} />}
          renderRoot={(rest) => <Link to="/settings/tokens" search={{ new: '1' } as never} {...rest} />}
        >
          New access token
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
