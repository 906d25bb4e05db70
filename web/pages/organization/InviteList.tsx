import { z } from 'zod'
import { AnyCaseId } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Batch, keepLinks } from './list/Batch.tsx'
import { InviteMany } from './list/InviteMany.tsx'

const Search = z.object({ batch: AnyCaseId })

/** Invites a list of people after a preview, then shows how far the emails are. */
export function Page() {
  const org = useOrg()
  const [{ batch }, setAddress] = useAddressState(Search)
  const reason = whyNot(org, 'invitation.createMany', 'You need the admin role to invite people.')
  return (
    <>
      <PageHead
        title="Invite from a list"
        of={org.name}
        guide="bulk-invitations"
        state={
          batch === undefined
            ? `Invite many people to ${org.name}. You see a preview before anything is sent.`
            : `The invitations to ${org.name} are ready.`
        }
        action={
          <ButtonTo to="/organizations/$org/settings/invitations" params={{ org: org.name }}>
            View invitations
          </ButtonTo>
        }
      />
      {reason !== undefined && <Empty title="You can’t invite people">{reason}</Empty>}
      {reason === undefined && batch !== undefined && (
        <Batch org={org} id={batch} onAgain={() => void setAddress({ batch: undefined }, 'push')} />
      )}
      {reason === undefined && batch === undefined && (
        <InviteMany
          org={org}
          onSent={(id, sent) => {
            keepLinks(id, sent)
            void setAddress({ batch: id }, 'push')
          }}
        />
      )}
    </>
  )
}
