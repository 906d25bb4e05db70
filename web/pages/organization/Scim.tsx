import { Stack } from '@mantine/core'
import { scimSettings } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import { Takeaway } from '../../pieces/Copy.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { Groups } from './scim/Groups.tsx'
import { HeldRemovals } from './scim/HeldRemovals.tsx'
import { Operations } from './scim/Operations.tsx'
import { Tokens } from './scim/Tokens.tsx'
import { Users } from './scim/Users.tsx'

/** How an identity provider provisions the organization: where it connects, what it provisioned, and what waits for an admin. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'scim.view', 'You need the admin role and a plan with SCIM to see provisioning.')
  if (reason !== undefined) {
    return (
      <>
        <PageHead title="SCIM" of={org.name} />
        <Empty title="You can’t view this page">{reason}</Empty>
      </>
    )
  }
  return <Provisioning org={org} />
}

function Provisioning({ org }: { org: Org }) {
  const settings = useReply(scimSettings.getScimSettings, { params: { org: org.name } })
  return (
    <>
      <PageHead title="SCIM" of={org.name} guide="scim" state={stateOf(settings)} />
      <HeldRemovals org={org} />
      <Block
        title="Connect your identity provider"
        about={
          settings.managed
            ? 'Your organization owns the accounts. People who are provisioned get an account, and are members immediately.'
            : 'People keep their own accounts. People who are provisioned get an invitation, and join by accepting it.'
        }
      >
        <Stack>
          <Takeaway
            label="Tenant URL"
            value={settings.tenantUrl}
            description="Also called SCIM connector base URL or SCIM endpoint."
          />
          <Tokens org={org} tokens={settings.tokens} />
        </Stack>
      </Block>
      <Groups org={org} />
      <Users org={org} />
      <Operations org={org} />
    </>
  )
}

type Settings = ReturnType<typeof useReply<typeof scimSettings.getScimSettings>>

function stateOf({ tokens, users, groups, held }: Settings): string {
  if (tokens.length === 0 && users.total === 0) return 'Not connected. Create a SCIM token to begin.'
  const parts = [
    counted(users.total, 'provisioned user'),
    ...(users.active < users.total ? [`${users.total - users.active} deactivated`] : []),
    counted(groups.total, 'SCIM group'),
    `${groups.linked} linked`,
    ...(held > 0 ? [`${counted(held, 'removal')} waiting for approval`] : []),
  ]
  return parts.join(' · ')
}
