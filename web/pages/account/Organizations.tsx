import { IconBuildingBank } from '@tabler/icons-react'
import { type ReplyOf, users } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { TwoFactorNote } from '../../pieces/TwoFactorNeeded.tsx'
import { useInstance } from '../../session.ts'
import { counted, listed } from '../../words.ts'
import { OrganizationTable } from './organizations/OrganizationTable.tsx'
import { Restorable } from './organizations/Restorable.tsx'

type Mine = ReplyOf<typeof users.listMyOrganizations>

/** The organizations you are in, with which role, and the deleted ones you may bring back. */
export function Page() {
  const { organizations, restorable } = useReply(users.listMyOrganizations, {})
  const { mayCreateOrganizations } = useInstance()
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
          {listed(blocked)} {blocked.length === 1 ? 'requires' : 'require'} 2FA. Turn it on to get access. Your role and
          your groups there are kept.
        </TwoFactorNote>
      )}
      {organizations.length > 0 ? (
        <OrganizationTable rows={organizations} />
      ) : (
        <Empty title="You are in no organization" icon={<IconBuildingBank size={28} />} action={create}>
          An organization holds a team’s models and data sets, and says who may read and change them.{' '}
          {mayCreateOrganizations
            ? 'Create one, or ask an operator to put you into one.'
            : 'Ask an operator to put you into one.'}
        </Empty>
      )}
      {restorable.length > 0 && (
        <Block
          title="Deleted, and still there"
          about="What you may bring back, with its members, groups and repositories as they were."
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
  const deleted = restorable.length > 0 ? ` ${counted(restorable.length, 'deleted one')} can be restored.` : ''
  if (organizations.length === 0) return `You are a member nowhere.${deleted}`
  return `You are in ${counted(organizations.length, 'organization')}, admin of ${admin}.${deleted}`
}
