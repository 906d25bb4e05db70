import { Stack } from '@mantine/core'
import type { domains, OrgSettings } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { Choice, type Question } from '../security/Choice.tsx'

const approval: Question = {
  field: 'userApproval',
  title: 'Approval for email domains',
  description: 'How people with an address in a verified email domain join.',
  options: [
    ['false', 'Join immediately', 'With the default role.'],
    ['true', 'Approval required', 'Creates a join request that shows the domain.'],
  ],
}

const asking: Question = {
  field: 'allowJoinRequests',
  title: 'Join requests',
  description: 'Whether anyone with a verified email address can request to join.',
  options: [
    ['false', 'Off', 'People join by invitation or email domain.'],
    ['true', 'On', 'Admins approve each request.'],
  ],
}

const role: Question = {
  field: 'defaultRole',
  title: 'Default role',
  description: 'For new members, unless the invitation or request sets another role.',
  options: [
    ['no_access', 'No access', 'They see only what their resource groups allow.'],
    ['read', 'Read'],
    ['contributor', 'Contributor'],
    ['write', 'Write'],
  ],
}

interface Part {
  org: Org
  settings: OrgSettings
  reason: string | undefined
  domains: domains.EmailDomain[] | undefined
}

/** How people join who were not invited. */
export function Newcomers(props: Part) {
  const { domains, ...rest } = props
  const isVerified = domains === undefined || domains.some(({ state }) => state !== 'unverified')
  const why = 'Verify an email domain first.'
  return (
    <Block title="Joining" about="How people join who weren’t invited.">
      <Stack gap={28}>
        <Choice {...rest} question={approval} locked={isVerified ? undefined : { value: 'true', why }} />
        <Choice {...rest} question={asking} />
        <Choice {...rest} question={role} />
      </Stack>
    </Block>
  )
}
