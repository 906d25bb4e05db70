import { z } from 'zod'
import { AnyCaseId } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Batch } from './list/Batch.tsx'
import { InviteMany } from './list/InviteMany.tsx'

const Search = z.object({ batch: AnyCaseId })

/** Invites a list of people: looked at row by row first, then the mails are followed; the address keeps them. */
export function Page() {
  const org = useOrg()
  const [{ batch }, setAddress] = useAddressState(Search)
  const reason = whyNot(org, 'invitation.createMany', 'Only admins invite a list of people.')
  return (
    <>
      <PageHead
        title="Invite a list"
        of={org.name}
        state={
          batch === undefined
            ? `Many people into ${org.name} at once. Nothing is sent before you have seen what happens to each of them.`
            : `The invitations into ${org.name} are made. What follows is told here.`
        }
        action={<ButtonTo to={orgSettingsAddress(org.name, 'invitations')}>To the invitations</ButtonTo>}
      />
      {reason !== undefined && <Empty title="Not for you to do">{reason}</Empty>}
      {reason === undefined && batch !== undefined && (
        <Batch org={org} id={batch} onAgain={() => void setAddress({ batch: undefined }, 'push')} />
      )}
      {reason === undefined && batch === undefined && (
        <InviteMany org={org} onSent={(id) => void setAddress({ batch: id }, 'push')} />
      )}
    </>
  )
}
