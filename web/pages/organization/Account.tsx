import { Stack, Text } from '@mantine/core'
import { domains, type OrgSettings, organizations } from '../../../api/index.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { useOrg, whyNot } from '../../organization.ts'
import { PageHead } from '../../pieces/PageHead.tsx'
import { listed, roleNames } from '../../words.ts'
import { Domains } from './account/Domains.tsx'
import { Newcomers } from './account/Newcomers.tsx'

type Settings = OrgSettings
type Domain = domains.EmailDomain

/** How people can join without an invitation: by email domain or by request, and with which role. */
export function Page() {
  const org = useOrg()
  const params = { org: org.name }
  const settings = useReply(organizations.getSettings, { params })
  const hidden = whyNot(org, 'domain.list', 'Only admins can view email domains.')
  const known = useMaybe(domains.listDomains, hidden === undefined ? { params } : undefined)
  const reason = whyNot(org, 'org.updateSettings', 'Only admins can change these settings.')
  return (
    <>
      <PageHead title="Account and domains" of={org.name} state={stateOf(settings, known.data)} guide="email-domains" />
      {reason && (
        <Text size="sm" c="dimmed" mb="lg">
          {reason}
        </Text>
      )}
      <Stack gap={0}>
        {hidden === undefined && <Domains org={org} settings={settings} domains={known.data} error={known.error} />}
        <Newcomers org={org} settings={settings} reason={reason} domains={known.data} />
      </Stack>
    </>
  )
}

function stateOf(settings: Settings, known: Domain[] | undefined): string {
  const parts = [settings.allowJoinRequests ? 'Join requests on' : 'Join requests off']
  if (known) parts.unshift(domainWords(settings, known))
  return parts.join(' · ')
}

function domainWords({ userApproval, defaultRole }: Settings, known: Domain[]): string {
  if (known.length === 0) return 'No email domains'
  const names = listed(known.map(({ domain }) => domain))
  return userApproval
    ? `People at ${names} can join with approval`
    : `People at ${names} can join as ${roleNames[defaultRole]}`
}
