import { useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Invited } from './invitations/Invited.tsx'
import { InviteButton } from './invitations/InvitePerson.tsx'
import { Links } from './invitations/Links.tsx'

/** Who was invited into an organization, and the links by which people come in. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'invitation.list', 'Only admins see who was invited.')
  if (reason !== undefined) {
    return (
      <>
        <PageHead title="Invitations" of={org.name} />
        <Empty title="Not for you to see">{reason}</Empty>
      </>
    )
  }
  return (
    <>
      <PageHead
        title="Invitations"
        of={org.name}
        state={`People who were asked into ${org.name}, and links by which people come in themselves.`}
        action={<InviteButton org={org} />}
      />
      <Invited org={org} />
      <Links org={org} />
    </>
  )
}
