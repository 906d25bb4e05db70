import { Box, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { type OrgRole, orgRoles } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { RowMenu, type RowMenuButton } from '../../../pieces/RowMenu.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { roleSentences } from '../../../words.ts'
import classes from './RoleMenu.module.css'
import { whyNotChange, whyNotGive } from './roles.ts'

interface Choice {
  org: Org
  name: string
  role: OrgRole
  may: string[] | undefined
  mayGrant: readonly OrgRole[]
  onPick: (role: OrgRole) => void
}

/** The role of a member, as a menu of the roles it can become; or with the reason why not. */
export function RoleMenu({ org, name, role, may, mayGrant, onPick }: Choice) {
  const reason = whyNotChange(org, { role, may })
  if (reason) {
    return (
      <Why reason={reason}>
        <RoleBadge role={role} />
      </Why>
    )
  }
  const button = (props: RowMenuButton) => (
    <UnstyledButton {...props} className={classes.target} aria-label={`Change role of ${name}: ${role}`}>
      <RoleBadge role={role} />
      <IconChevronDown size={14} aria-hidden />
    </UnstyledButton>
  )
  return (
    <RowMenu width={320} position="bottom-start" button={button}>
      {() =>
        orgRoles
          .toReversed()
          .map((option) => (
            <Option
              key={option}
              role={option}
              current={option === role}
              why={whyNotGive(mayGrant, option)}
              onPick={onPick}
            />
          ))
      }
    </RowMenu>
  )
}

function Option(props: { role: OrgRole; current: boolean; why: string | undefined; onPick: (role: OrgRole) => void }) {
  const { role, current, why } = props
  return (
    <Menu.Item
      disabled={why !== undefined}
      onClick={() => !current && props.onPick(role)}
      rightSection={current ? <IconCheck size={16} aria-label="Current role" /> : null}
    >
      <Box>
        <RoleBadge role={role} />
        <Text size="xs" c="dimmed" mt={2}>
          {why ?? roleSentences[role]}
        </Text>
      </Box>
    </Menu.Item>
  )
}
