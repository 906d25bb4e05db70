import { Skeleton, Text } from '@mantine/core'
import { organizations, recovery } from '../../../api/index.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import { PageColumn, pageColumnWidth } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { HealthNote } from './recovery/HealthNote.tsx'
import { ProbationNote } from './recovery/ProbationNote.tsx'
import { RecoveryRequests } from './recovery/Requests.tsx'
import { Successors } from './recovery/Successors.tsx'
import { Ways } from './recovery/Ways.tsx'

/** Admin health, the successors, and the ways to regain an admin. */
export function Page() {
  const org = useOrg()
  const state = useReply(recovery.getRecovery, { params: { org: org.name } })
  const { recoveryRequests, probation } = state
  return (
    <>
      <PageHead
        title="Recovery"
        of={org.name}
        state="What happens if the organization has no active admins."
        guide="recovery"
      />
      <PageColumn gap="md">
        {probation && <ProbationNote until={probation.until} />}
        <HealthNote org={org} state={state} />
      </PageColumn>
      <Block
        title="Successors"
        about="If the organization loses its last admin, for example because the account is suspended, the first successor who can sign in becomes admin automatically."
        wide
        apart
      >
        <SuccessorsOf org={org} />
      </Block>
      <Block title="Recovery options" about={state.why} wide>
        <Ways org={org} state={state} />
      </Block>
      {recoveryRequests.length > 0 && (
        <Block title="Recovery requests" wide>
          <RecoveryRequests recoveryRequests={recoveryRequests} />
        </Block>
      )}
    </>
  )
}

function SuccessorsOf({ org }: { org: Org }) {
  const mayView = org.may.includes('org.viewSuccessors')
  const { data } = useMaybe(organizations.getSuccessors, mayView ? { params: { org: org.name } } : undefined)
  if (!mayView) return <Text size="sm">Members with read or higher can view the successors.</Text>
  if (!data) return <Skeleton height={120} maw={pageColumnWidth} />
  return (
    <div style={{ maxWidth: 720 }}>
      <Successors
        key={data.successors.map(({ user }) => user).join()}
        org={org}
        successors={data.successors}
        reason={whyNot(org, 'org.updateSuccessors', 'Only admins can change the successors.')}
      />
    </div>
  )
}
