import { Text } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { recovery } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { namespaceAddress, orgSettingsAddress, petitionAddress } from '../../addresses.ts'
import { useMaybe } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { GoTo } from '../../pieces/GoTo.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { SettingsLayout } from '../../pieces/SettingsLayout.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { organizationSections } from '../../sections.ts'
import { useAccount } from '../../session.ts'
import { headline, isAlive } from '../petition/words.ts'
import { Banners } from './Banners.tsx'

/** The frame around the settings pages of an organization. */
export function Page() {
  const typed = usePathName('org')
  const org = useOrg()
  const account = useAccount()
  const { pathname } = useLocation()
  if (!account) return <SignInFirst />
  // A name that was given up leads to the new one.
  if (org.name.toLowerCase() !== typed.toLowerCase()) return <GoTo to={sameSection(org, pathname)} />
  if (org.role === null || org.blockedBy.length > 0) return <Outside org={org} />
  return (
    <SettingsLayout
      context={{ kind: 'organization', name: org.name }}
      base={`/organizations/${encodeURIComponent(typed)}/settings`}
      sections={organizationSections}
      notice={<Banners org={org} />}
    />
  )
}

function sameSection(org: Org, pathname: string): string {
  return orgSettingsAddress(org.name, pathname.split('/').slice(4).join('/') || undefined)
}

function Outside({ org }: { org: Org }) {
  if (org.blockedBy.includes('mfa')) {
    return (
      <Empty
        title={`${org.name} asks for two-factor sign-in`}
        action={<ButtonTo to="/settings/authentication">Turn it on</ButtonTo>}
      >
        You are still a member. As soon as your account signs in with two factors, everything here is open to you again.
        <RunningPetitions org={org} />
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

/** Whoever is kept out for want of a second factor can still stop a petition. */
function RunningPetitions({ org }: { org: Org }) {
  const { data } = useMaybe(recovery.getRecovery, { params: { org: org.name } })
  return data?.petitions.filter(isAlive).map((petition) => (
    <Text key={petition.id} component="span" inherit display="block" mt="sm">
      {headline(petition)}. <LinkTo to={petitionAddress(org.name, petition.id)}>See the petition</LinkTo>
    </Text>
  ))
}
