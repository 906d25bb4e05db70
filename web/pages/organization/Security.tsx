import { Stack, Text } from '@mantine/core'
import { type OrgSettings, organizations } from '../../../api/index.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Choices } from './security/Choices.tsx'
import { RequireTwoFactor } from './security/RequireTwoFactor.tsx'

type Settings = OrgSettings

/** Who may do what in general: roles, groups, visibility, 2FA. */
export function Page() {
  const org = useOrg()
  const settings = useReply(organizations.getSettings, { params: { org: org.name } })
  const reason = whyNot(org, 'org.updateSettings', 'Only admins change these settings.')
  return (
    <>
      <PageHead title="Security" of={org.name} state={stateOf(settings, org)} />
      <Stack gap={36} maw={720}>
        {reason && (
          <Text size="sm" c="dimmed">
            {reason}
          </Text>
        )}
        <Choices org={org} settings={settings} reason={reason} />
        <RequireTwoFactor org={org} settings={settings} reason={reason} />
      </Stack>
    </>
  )
}

function stateOf({ require2fa, memberManagement, hideMembers }: Settings, org: Org) {
  const changers = memberManagement === 'admin' ? 'only admins change roles' : 'members with write change lower roles'
  const list = hideMembers ? 'the member list is hidden from outside' : 'the member list is public'
  const factors = require2fa ? '2FA is required' : '2FA is not required'
  return (
    <>
      In {org.name} {changers}, {list}, {factors}. How people come in stands under{' '}
      <LinkTo to={orgSettingsAddress(org.name, 'account')}>Account</LinkTo>.
    </>
  )
}
