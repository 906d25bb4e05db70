import { useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Invited } from './invitations/Invited.tsx'
import { Links } from './invitations/Links.tsx'

/** The invitations and invite links of an organization. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'invitation.list', 'You need the admin role to see invitations.')
  if (reason !== undefined) {
    return (
      <>
        <PageHead title="Invitations" of={org.name} />
        <Empty title="You can’t see invitations">{reason}</Empty>
      </>
    )
  }
  return (
    <Invited org={org}>
      <Links org={org} />
    </Invited>
  )
}
