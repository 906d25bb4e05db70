import { Text } from '@mantine/core'
import { type OrgSettings, organizations } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { useOrg, whyNot } from '../../organization.ts'
import { PageColumn } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Choices } from './security/Choices.tsx'
import { IpRanges } from './security/IpRanges.tsx'
import { RequireTwoFactor } from './security/RequireTwoFactor.tsx'

type Settings = OrgSettings

/** How people get in, and who can do what in general: 2FA, IP ranges, roles, groups, visibility. */
export function Page() {
  const org = useOrg()
  const settings = useReply(organizations.getSettings, { params: { org: org.name } })
  const reason = whyNot(org, 'org.updateSettings', 'Only admins can change these settings.')
  return (
    <>
      <PageHead title="Security" of={org.name} state={stateOf(settings)} guide="organizations" />
      <PageColumn gap={36}>
        {reason && (
          <Text size="sm" c="dimmed">
            {reason}
          </Text>
        )}
        <RequireTwoFactor org={org} settings={settings} reason={reason} />
        <IpRanges org={org} settings={settings} reason={reason} />
        <Choices org={org} settings={settings} reason={reason} />
      </PageColumn>
    </>
  )
}

function stateOf({ require2fa, memberManagement, hideMembers }: Settings): string {
  return [
    require2fa ? '2FA required' : '2FA not required',
    memberManagement === 'admin' ? 'Only admins change roles' : 'Members with write can change lower roles',
    hideMembers ? 'Member list hidden' : 'Member list public',
  ].join(' · ')
}
