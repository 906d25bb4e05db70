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
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { users } from '../../api/index.ts'
import { namespaceAddress } from '../addresses.ts'
import { client } from '../hub.ts'
import { sessionChanged } from '../session.ts'
import { showError } from './ErrorNote.tsx'
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
          <Portrait src={account.avatarUrl} size={32} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in as{' '}
          <Text span size="sm" fw={600} c="var(--mantine-color-text)">
            {account.name}
          </Text>
        </Menu.Label>
        <Entry to={namespaceAddress(account.name)} icon={<IconUser {...icon} />} label="Your profile" />
        <Entry to="/settings/organizations" icon={<IconBuildingBank {...icon} />} label="Your organizations" />
        <Entry to="/settings/profile" icon={<IconSettings {...icon} />} label="Settings" />
        <Entry to="/settings/tokens" icon={<IconKey {...icon} />} label="Access tokens" />
        {account.isOperator && <Entry to="/operator/health" icon={<IconServerCog {...icon} />} label="Site admin" />}
        <Entry to="/docs" icon={<IconBook {...icon} />} label="Documentation" />
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

function Entry(props: { to: string; icon: ReactNode; label: string }) {
  return (
    <Menu.Item leftSection={props.icon} renderRoot={(rest) => <Link to={props.to} {...rest} />}>
      {props.label}
    </Menu.Item>
  )
}

function useSignOut() {
  const navigate = useNavigate()
  return async () => {
    try {
      await client.call(users.signOut)
      await navigate({ to: '/' })
      await sessionChanged()
    } catch (error) {
      showError(error)
    }
  }
}
