import { useLocation } from '@tanstack/react-router'
import { usePathName } from '../../address-state.ts'
import { namespaceAddress, orgSettingsAddress } from '../../addresses.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { GoTo } from '../../pieces/GoTo.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { SettingsLayout } from '../../pieces/SettingsLayout.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { organizationSections } from '../../sections.ts'
import { useAccount } from '../../session.ts'

/** The frame around the settings pages of an organization. */
export function Page() {
  const typed = usePathName('org')
  const org = useOrg()
  const account = useAccount()
  const { pathname } = useLocation()
  if (!account) return <SignInFirst />
  // A name that was given up leads to the new one.
  if (org.name.toLowerCase() !== typed.toLowerCase()) return <GoTo to={sameSection(org, pathname)} />
  if (org.role === null || org.blockedBy !== null) return <Outside org={org} />
  return (
    <SettingsLayout
      context={{ kind: 'organization', name: org.name }}
      base={`/organizations/${encodeURIComponent(typed)}/settings`}
      sections={organizationSections}
    />
  )
}

function sameSection(org: Org, pathname: string): string {
  return orgSettingsAddress(org.name, pathname.split('/').slice(4).join('/') || undefined)
}

function Outside({ org }: { org: Org }) {
  if (org.blockedBy === 'mfa') {
    return (
      <Empty
        title={`${org.name} asks for two-factor sign-in`}
        action={<ButtonTo to="/settings/authentication">Turn it on</ButtonTo>}
      >
        You are still a member. As soon as your account signs in with two factors, everything here is open to you again.
      </Empty>
    )
  }
  return (
    <Empty
      title="These settings are for members"
      action={<ButtonTo to={namespaceAddress(org.name)}>See {org.name}</ButtonTo>}
    >
      You are not a member of {org.name}. What is public about it stands on its page.
    </Empty>
  )
}
