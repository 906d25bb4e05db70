import { Box, Menu, Text, UnstyledButton } from '@mantine/core'
import {
  IconBook,
  IconBuildingBank,
  IconKey,
  IconLogout,
  IconServerCog,
  IconSettings,
  IconUser,
} from '@tabler/icons-react'
import { users } from '../../api/index.ts'
import { useGo } from '../go.ts'
import { client } from '../hub.ts'
import { sessionChanged } from '../session.ts'
import { showError } from './ErrorNote.tsx'
import { MenuItemTo } from './LinkTo.tsx'
import { Portrait } from './Portrait.tsx'
import { SchemeChoice } from './Scheme.tsx'

const icon = { size: 16, 'aria-hidden': true } as const

/** You: your page, your settings, the documentation, the color scheme, signing out. */
export function AccountMenu({ account }: { account: users.Account }) {
  const signOut = useSignOut()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton aria-label={`Your menu, ${account.name}`} style={{ borderRadius: '50%' }}>
          <Portrait name={account.name} fullname={account.fullname} size={32} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in as{' '}
          <Text span size="sm" fw={600} c="var(--mantine-color-text)">
            {account.name}
          </Text>
        </Menu.Label>
        <MenuItemTo to="/$name" params={{ name: account.name }} leftSection={<IconUser {...icon} />}>
          Your profile
        </MenuItemTo>
        <MenuItemTo to="/settings/organizations" leftSection={<IconBuildingBank {...icon} />}>
          Your organizations
        </MenuItemTo>
        <MenuItemTo to="/settings/profile" leftSection={<IconSettings {...icon} />}>
          Settings
        </MenuItemTo>
        <MenuItemTo to="/settings/tokens" leftSection={<IconKey {...icon} />}>
          Access tokens
        </MenuItemTo>
        {account.isOperator && (
          <MenuItemTo to="/operator/health" leftSection={<IconServerCog {...icon} />}>
            Site admin
          </MenuItemTo>
        )}
        <MenuItemTo to="/docs" leftSection={<IconBook {...icon} />}>
          Documentation
        </MenuItemTo>
        <Menu.Divider />
        <Box p={4}>
          <SchemeChoice />
        </Box>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout {...icon} />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function useSignOut() {
  const go = useGo()
  return async () => {
    try {
      await client.call(users.signOut)
      await go({ to: '/' })
      await sessionChanged()
    } catch (error) {
      showError(error)
    }
  }
}
