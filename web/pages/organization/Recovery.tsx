import { Alert, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import { organizations, type ReplyOf } from '../../../api/index.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Successors } from './recovery/Successors.tsx'

type State = ReplyOf<typeof organizations.getSuccessors>

/** How well an organization is guarded against losing its last admin, and who steps in. */
export function Page() {
  const org = useOrg()
  const state = useReply(organizations.getSuccessors, { params: { org: org.name } })
  return (
    <>
      <PageHead
        title="Recovery"
        of={org.name}
        state="What happens when nobody is left who can manage this organization."
      />
      <Stack gap="xl" maw={720}>
        <HealthNote org={org} health={state.health} />
        <section aria-label="Successors">
          <Title order={2} size="h5">
            Successors
          </Title>
          <Text size="sm" c="dimmed" mb="md">
            If the last admin is lost without wanting it, for example by a suspended account, the first of these people
            who can act becomes admin at once.
          </Text>
          <Successors
            key={state.successors.map(({ user }) => user).join()}
            org={org}
            successors={state.successors}
            reason={whyNot(org, 'org.updateSuccessors', 'Only admins choose the successors.')}
          />
        </section>
      </Stack>
    </>
  )
}

function HealthNote({ org, health }: { org: Org; health: State['health'] }) {
  const admins = (
    <LinkTo to={orgSettingsAddress(org.name, 'members')} search={{ role: 'admin' }}>
      See the admins
    </LinkTo>
  )
  if (health === 'healthy') {
    return (
      <Alert variant="light" color="hall" icon={<IconShieldCheck aria-hidden />} title="Healthy">
        <Text size="sm">At least two admins can act. {admins}</Text>
      </Alert>
    )
  }
  const isAtRisk = health === 'at_risk'
  return (
    <Alert
      variant="light"
      color={isAtRisk ? 'hall' : 'red'}
      icon={<IconAlertTriangle aria-hidden />}
      title={isAtRisk ? 'At risk: only one admin can act' : 'Nobody can act as admin'}
    >
      <Text size="sm">
        {isAtRisk
          ? 'Make a second person admin, or name at least one successor below. '
          : 'Ask an operator of this installation for help. '}
        {admins}
      </Text>
    </Alert>
  )
}
