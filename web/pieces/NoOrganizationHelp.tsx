import { Text } from '@mantine/core'
import type { users } from '../../api/index.ts'
import { ButtonTo } from './LinkTo.tsx'

/** What someone without an organization can do who can't create one: verify their email address first, or ask for one. */
export function NoOrganizationHelp({ account }: { account: users.Account }) {
  if (!account.emailVerified) {
    return (
      <ButtonTo to="/settings/account" variant="filled">
        Verify email
      </ButtonTo>
    )
  }
  return <Text size="sm">Only site admins can create organizations here. Ask one to create yours, or join one.</Text>
}
