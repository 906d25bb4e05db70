import { Stack } from '@mantine/core'
import type { domains, OrgSettings } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { Choice, type Question } from '../security/Choice.tsx'

const approval: Question = {
  field: 'userApproval',
  title: 'User approval',
  description: 'What becomes of people whose address is in one of the email domains.',
  options: [
    ['false', 'They join at once', 'With the role of newcomers.'],
    ['true', 'Admins decide', 'They land in the requests to join, marked with their domain.'],
  ],
}

const asking: Question = {
  field: 'allowJoinRequests',
  title: 'Allow requests to join',
  description: 'Whether other people can request to join. Admins approve each request.',
  options: [
    ['false', 'No', 'People come in by invitation, or by their address in an email domain.'],
    ['true', 'Yes', 'Anybody with a verified address finds “Ask to join” on the page of the organization.'],
  ],
}

const role: Question = {
  field: 'defaultRole',
  title: 'Role of newcomers',
  description: 'For new members whose way in sets no other role.',
  options: [
    ['no_access', 'No access', 'They see only what their resource groups give.'],
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

/** What happens to people who come by themselves. */
export function Newcomers(props: Part) {
  const { domains, ...rest } = props
  const isVerified = domains === undefined || domains.some(({ state }) => state !== 'unverified')
  const why = 'For this, one of the email domains has to be verified: add the record above, and check it.'
  return (
    <Block title="Newcomers" about="How people come in who were not invited.">
      <Stack gap={28}>
        <Choice {...rest} question={approval} locked={isVerified ? undefined : { value: 'true', why }} />
        <Choice {...rest} question={asking} />
        <Choice {...rest} question={role} />
      </Stack>
    </Block>
  )
}
