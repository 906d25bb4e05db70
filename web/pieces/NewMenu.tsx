import { ActionIcon, Menu } from '@mantine/core'
import { IconBox, IconBuildingBank, IconKey, IconPlus } from '@tabler/icons-react'
import { usePathName } from '../address-state.ts'
import { useInstance } from '../session.ts'
import { MenuItemTo } from './LinkTo.tsx'

const icon = { size: 16, 'aria-hidden': true } as const

/** What you can create from every page: a repository, an access token, and an organization where you may. On a page of an organization, a new repository is the organization’s. */
export function NewMenu() {
  const { mayCreateOrganizations } = useInstance()
  const org = usePathName('org')
  const name = usePathName('name')
  const owner = org || name
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="New">
          <IconPlus size={19} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuItemTo to="/new" search={owner === '' ? {} : { owner }} leftSection={<IconBox {...icon} />}>
          New repository
        </MenuItemTo>
        {mayCreateOrganizations && (
          <MenuItemTo to="/organizations/new" leftSection={<IconBuildingBank {...icon} />}>
            New organization
          </MenuItemTo>
        )}
        <MenuItemTo to="/settings/tokens" search={{ new: '1' }} leftSection={<IconKey {...icon} />}>
          New access token
        </MenuItemTo>
      </Menu.Dropdown>
    </Menu>
  )
}
