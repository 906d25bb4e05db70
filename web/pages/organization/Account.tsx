import { Stack, Text } from '@mantine/core'
import { domains, type OrgSettings, organizations } from '../../../api/index.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { PageHead } from '../../pieces/PageHead.tsx'
import { listed, roleNames } from '../../words.ts'
import { Domains } from './account/Domains.tsx'
import { Newcomers } from './account/Newcomers.tsx'

type Settings = OrgSettings
type Domain = domains.EmailDomain

/** How people come in by themselves: by their email address, by asking, and with which role. */
export function Page() {
  const org = useOrg()
  const params = { org: org.name }
  const settings = useReply(organizations.getSettings, { params })
  const hidden = whyNot(org, 'domain.list', 'Only admins see the email domains.')
  const known = useMaybe(domains.listDomains, hidden === undefined ? { params } : undefined)
  const reason = whyNot(org, 'org.updateSettings', 'Only admins change these settings.')
  return (
    <>
      <PageHead title="Account" of={org.name} state={stateOf(org, settings, known.data)} />
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

function stateOf(org: Org, settings: Settings, known: Domain[] | undefined): string {
  const asking = settings.allowJoinRequests
    ? 'anybody with a verified address may ask to join'
    : 'requests to join are off'
  if (!known) return `How people come into ${org.name} who were not invited; ${asking}.`
  if (known.length === 0) return `People come into ${org.name} by invitation; ${asking}.`
  const names = listed(known.map(({ domain }) => domain))
  const how = settings.userApproval
    ? 'ask to join, and admins decide'
    : `join by themselves, with the role ${roleNames[settings.defaultRole]}`
  return `People with a verified address at ${names} ${how}; ${settings.allowJoinRequests ? asking : `other people can’t request to join`}.`
}
