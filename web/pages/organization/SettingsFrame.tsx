import { Text } from '@mantine/core'
import { orgTokens, recovery } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { useMaybe } from '../../hub.ts'
import { usePending } from '../../notifications.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { GoToRenamed } from '../../pieces/GoTo.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { SsoWall } from '../../pieces/Refused.tsx'
import { SettingsLayout } from '../../pieces/SettingsLayout.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { SsoBanner } from '../../pieces/SsoBanner.tsx'
import { TurnOnTwoFactor } from '../../pieces/TwoFactorNeeded.tsx'
import { organizationSections } from '../../sections.ts'
import { useAccount } from '../../session.ts'
import { headline, isAlive } from '../recovery-request/words.ts'
import { Banners } from './Banners.tsx'

/** The frame around the settings pages of an organization. */
export function Page() {
  const typed = usePathName('org')
  const org = useOrg()
  const account = useAccount()
  const pending = usePending(org.name)
  const tokens = usePendingTokens(org)
  if (!account) return <SignInFirst />
  // A name that was given up leads to the new one.
  if (org.name.toLowerCase() !== typed.toLowerCase()) return <GoToRenamed names={{ org: org.name }} />
  if (org.role === null || org.blockedBy.length > 0) return <Outside org={org} />
  return (
    <SettingsLayout
      context={{ kind: 'organization', name: org.name }}
      groups={organizationSections}
      may={org.may}
      counts={{ ...pending, tokens }}
      notice={
        <>
          <SsoBanner org={org} />
          <Banners org={org} />
        </>
      }
    />
  )
}

/** How many tokens wait for an admin’s approval. */
function usePendingTokens(org: Org): number {
  const sees = org.may.includes('orgToken.list')
  const { data } = useMaybe(orgTokens.countOrgTokens, sees ? { params: { org: org.name } } : undefined)
  return data?.pending ?? 0
}

function Outside({ org }: { org: Org }) {
  if (org.blockedBy.includes('sso') && !org.blockedBy.includes('mfa')) return <SsoWall organization={org.name} />
  if (org.blockedBy.includes('mfa')) {
    return (
      <Empty
        title={`${org.name} requires two-factor authentication (2FA)`}
        action={<TurnOnTwoFactor variant="filled" />}
      >
        You’re still a member. Turn it on to regain access.
        <RunningRecoveryRequests org={org} />
      </Empty>
    )
  }
  return (
    <Empty
      title="You can’t view these settings"
      action={
        <ButtonTo to="/$name" params={{ name: org.name }}>
          View {org.name}
        </ButtonTo>
      }
    >
      Only members of {org.name} can view its settings.
    </Empty>
  )
}

/** Members who lack required 2FA can still stop a recovery request. */
function RunningRecoveryRequests({ org }: { org: Org }) {
  const { data } = useMaybe(recovery.getRecovery, { params: { org: org.name } })
  return data?.recoveryRequests.filter(isAlive).map((recoveryRequest) => (
    <Text key={recoveryRequest.id} component="span" inherit display="block" mt="sm">
      {headline(recoveryRequest)}.{' '}
      <LinkTo to="/organizations/$org/recovery/$id" params={{ org: org.name, id: recoveryRequest.id }}>
        View recovery request
      </LinkTo>
    </Text>
  ))
}
