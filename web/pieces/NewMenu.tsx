import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { IconBox, IconBuildingBank, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useInstance } from '../session.ts'

const icon = { size: 16, 'aria-hidden': true } as const
const plus = <IconPlus size={19} aria-hidden />
const look = { variant: 'subtle', color: 'gray', size: 'lg' } as const

/** What you can create from every page: a repository, and an organization where you may. */
export function NewMenu() {
  const { mayCreateOrganizations } = useInstance()
  if (!mayCreateOrganizations) return <NewRepositoryButton />
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon {...look} aria-label="New">
          {plus}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconBox {...icon} />} renderRoot={(rest) => <Link to="/new" {...rest} />}>
          New repository
        </Menu.Item>
        <Menu.Item
          leftSection={<IconBuildingBank {...icon} />}
          renderRoot={(rest) => <Link to="/organizations/new" {...rest} />}
        >
          New organization
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function NewRepositoryButton() {
  return (
    <Tooltip label="New repository">
      <ActionIcon {...look} aria-label="New repository" renderRoot={(rest) => <Link to="/new" {...rest} />}>
        {plus}
      </ActionIcon>
    </Tooltip>
  )
}
