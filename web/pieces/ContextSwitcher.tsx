import { Menu, Text, UnstyledButton } from '@mantine/core'
import { IconSelector, IconServerCog } from '@tabler/icons-react'
import { users } from '../../api/index.ts'
import { useMaybe } from '../hub.ts'
import { type Section, sectionPlace } from '../sections.ts'
import { useAccount } from '../session.ts'
import classes from './ContextSwitcher.module.css'
import { MenuItemTo } from './LinkTo.tsx'
import { Portrait } from './Portrait.tsx'

type Context = { kind: 'organization'; name: string } | { kind: 'you' } | { kind: 'operator' }

/**
 * Whose settings are open, and the way to those of another organization, of yourself, of the instance. Switching between
 * organizations stays on the section that is open.
 */
export function ContextSwitcher({ context, here }: { context: Context; here: Section | undefined }) {
  const account = useAccount()
  const { data } = useMaybe(users.listMyOrganizations, account ? {} : undefined)
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
            fullname={organizations.find((org) => isSame(context, org.name))?.fullname}
          />
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>You</Menu.Label>
        <MenuItemTo
          to="/settings/profile"
          leftSection={<Portrait name={account.name} fullname={account.fullname} size={22} />}
        >
          {account.name}
        </MenuItemTo>
        {organizations.length > 0 && <Menu.Label>Your organizations</Menu.Label>}
        {organizations.map((org) => (
          <MenuItemTo
            key={org.id}
            {...sectionPlace(context.kind === 'organization' ? here : undefined, org.name)}
            leftSection={<Portrait name={org.name} fullname={org.fullname} size={22} square />}
          >
            {org.fullname || org.name}
          </MenuItemTo>
        ))}
        {account.isOperator && <Menu.Divider />}
        {account.isOperator && (
          <MenuItemTo to="/operator/health" leftSection={<IconServerCog size={20} aria-hidden />}>
            Site admin
          </MenuItemTo>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function Current(props: { context: Context; account: users.Account; fullname: string | undefined }) {
  const { context, account } = props
  const fullname = context.kind === 'you' ? account.fullname : props.fullname
  return (
    <>
      {context.kind === 'operator' ? (
        <IconServerCog size={22} aria-hidden />
      ) : (
        <Portrait
          name={titleOf(context, account.name)}
          fullname={fullname ?? ''}
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
