import { Menu, Text, UnstyledButton } from '@mantine/core'
import { IconSelector, IconServerCog } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { users } from '../../api/index.ts'
import { usePagePath } from '../address-state.ts'
import { orgSettingsAddress } from '../addresses.ts'
import { useMaybe } from '../hub.ts'
import { useAccount } from '../session.ts'
import classes from './ContextSwitcher.module.css'
import { Portrait } from './Portrait.tsx'

type Context = { kind: 'organization'; name: string } | { kind: 'you' } | { kind: 'operator' }

/** Whose settings are open, and the way to those of another organization, of yourself, of the instance. */
export function ContextSwitcher({ context }: { context: Context }) {
  const account = useAccount()
  const { data } = useMaybe(users.listMyOrganizations, account ? {} : undefined)
  const section = useSection()
  if (!account) return null
  const organizations = data?.organizations ?? []
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <UnstyledButton
          className={classes.target}
          aria-label={`Settings of ${titleOf(context, account.name)}. Switch context`}
        >
          <Current
            context={context}
            account={account}
            avatarUrl={organizations.find((org) => isSame(context, org.name))?.avatarUrl}
          />
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>You</Menu.Label>
        <Choice to="/settings/profile" icon={<Portrait src={account.avatarUrl} size={22} />} label={account.name} />
        {organizations.length > 0 && <Menu.Label>Your organizations</Menu.Label>}
        {organizations.map((org) => (
          <Choice
            key={org.id}
            to={orgSettingsAddress(org.name, context.kind === 'organization' ? section : 'members')}
            icon={<Portrait src={org.avatarUrl} size={22} square />}
            label={org.fullname || org.name}
          />
        ))}
        {account.isOperator && <Menu.Divider />}
        {account.isOperator && (
          <Choice to="/operator/health" icon={<IconServerCog size={20} aria-hidden />} label="Site admin" />
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function Choice(props: { to: string; icon: ReactNode; label: string }) {
  return (
    <Menu.Item leftSection={props.icon} renderRoot={(rest) => <Link to={props.to} {...rest} />}>
      {props.label}
    </Menu.Item>
  )
}

function Current(props: { context: Context; account: users.Account; avatarUrl: string | undefined }) {
  const { context, account } = props
  const picture = context.kind === 'you' ? account.avatarUrl : props.avatarUrl
  return (
    <>
      {context.kind === 'operator' ? (
        <IconServerCog size={22} aria-hidden />
      ) : (
        <Portrait
          src={picture ?? `/api/avatars/${titleOf(context, account.name)}`}
          size={26}
          square={context.kind !== 'you'}
        />
      )}
      <Text size="sm" fw={600} truncate className={classes.words}>
        {titleOf(context, account.name)}
      </Text>
    </>
  )
}

function titleOf(context: Context, you: string): string {
  if (context.kind === 'organization') return context.name
  return context.kind === 'you' ? you : 'Site admin'
}

function isSame(context: Context, name: string): boolean {
  return context.kind === 'organization' && context.name.toLowerCase() === name.toLowerCase()
}

/** The settings page that is open, so that switching stays on it. */
function useSection(): string {
  return usePagePath().split('/')[4] ?? 'members'
}
