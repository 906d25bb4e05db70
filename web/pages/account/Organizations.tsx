import { IconBuildingBank } from '@tabler/icons-react'
import { type ReplyOf, users } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { NoOrganizationHelp } from '../../pieces/NoOrganizationHelp.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { TwoFactorNote } from '../../pieces/TwoFactorNeeded.tsx'
import { useInstance } from '../../session.ts'
import { counted, listed } from '../../words.ts'
import { OrganizationTable } from './organizations/OrganizationTable.tsx'
import { Restorable } from './organizations/Restorable.tsx'

type Mine = ReplyOf<typeof users.listMyOrganizations>

/** Your organizations with your role, and the deleted ones that you can restore. */
export function Page() {
  const { organizations, restorable } = useReply(users.listMyOrganizations, {})
  const { mayCreateOrganizations, account } = useInstance()
  const blocked = organizations.filter(({ blockedBy }) => blockedBy.includes('mfa')).map(({ name }) => name)
  const create = mayCreateOrganizations && (
    <ButtonTo to="/organizations/new" variant="filled">
      New organization
    </ButtonTo>
  )
  return (
    <>
      <PageHead
        title="Organizations"
        state={stateOf({ organizations, restorable })}
        action={organizations.length > 0 && create}
      />
      {blocked.length > 0 && (
        <TwoFactorNote>
          {listed(blocked)} {blocked.length === 1 ? 'requires' : 'require'} 2FA. Turn it on to regain access. You keep
          your role and groups.
        </TwoFactorNote>
      )}
      {organizations.length > 0 ? (
        <OrganizationTable rows={organizations} />
      ) : (
        <Empty
          title="No organizations yet"
          icon={<IconBuildingBank size={28} />}
          action={create || (account && <NoOrganizationHelp account={account} />)}
          guide="organizations"
        >
          An organization holds your team’s models and datasets and controls who can access them.
        </Empty>
      )}
      {restorable.length > 0 && (
        <Block
          title="Recently deleted"
          about="Restore an organization with its members, groups, and repositories."
          wide
          apart
        >
          <Restorable rows={restorable} />
        </Block>
      )}
    </>
  )
}

function stateOf({ organizations, restorable }: Mine): string {
  const admin = organizations.filter(({ isAdmin }) => isAdmin).length
  const parts = [counted(organizations.length, 'organization')]
  if (admin > 0) parts.push(`admin of ${admin}`)
  if (restorable.length > 0) parts.push(`${restorable.length} can be restored`)
  return organizations.length === 0 ? 'You aren’t a member of any organization.' : parts.join(' · ')
}
