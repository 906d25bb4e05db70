import { Skeleton, Stack, Text } from '@mantine/core'
import { organizations, recovery } from '../../../api/index.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { HealthNote } from './recovery/HealthNote.tsx'
import { ProbationNote } from './recovery/ProbationNote.tsx'
import { RecoveryRequests } from './recovery/Requests.tsx'
import { Successors } from './recovery/Successors.tsx'
import { Ways } from './recovery/Ways.tsx'

/** How well an organization is guarded against losing its last admin, who steps in, and the ways back to an admin. */
export function Page() {
  const org = useOrg()
  const state = useReply(recovery.getRecovery, { params: { org: org.name } })
  const { recoveryRequests, probation } = state
  return (
    <>
      <PageHead title="Recovery" of={org.name} state="What happens when no active admin is left." />
      <Stack gap="md" maw={720}>
        {probation && <ProbationNote until={probation.until} />}
        <HealthNote org={org} state={state} />
      </Stack>
      <Block
        title="Successors"
        about="If the last admin is lost without wanting it, for example by a suspended account, the first of these people who can act becomes admin at once."
        wide
        apart
      >
        <SuccessorsOf org={org} />
      </Block>
      <Block title="Ways back to an admin" about={state.why} wide>
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
  if (!mayView) return <Text size="sm">Members with the role read or higher see who they are.</Text>
  if (!data) return <Skeleton height={120} maw={720} />
  return (
    <div style={{ maxWidth: 720 }}>
      <Successors
        key={data.successors.map(({ user }) => user).join()}
        org={org}
        successors={data.successors}
        reason={whyNot(org, 'org.updateSuccessors', 'Only admins choose the successors.')}
      />
    </div>
  )
}
