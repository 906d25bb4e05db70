import { List, Text } from '@mantine/core'
import { operator, type Plan, plans } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import type { OperatorOrganization } from './columns.tsx'

/** A plan that was picked for an organization and not yet confirmed. */
export interface PickedPlan {
  organization: OperatorOrganization
  plan: Plan
}

/** Changes the plan of an organization, after saying what opens or closes with it. */
export function PlanChange({ organization, plan, onClose }: PickedPlan & { onClose: () => void }) {
  const { name, plan: from } = organization
  const change = useChange(operator.updateOrganizationPlan, (changed) => {
    patchRows<OperatorOrganization>(operator.listOrganizations, (row) => (row.id === changed.id ? changed : row))
    showDone(`${changed.name} is on the plan ${changed.plan}.`)
    onClose()
  })
  const lower = plans.indexOf(plan) < plans.indexOf(from)
  return (
    <ConfirmByTyping
      opened
      danger={lower}
      title={`Put ${name} on the plan ${plan}?`}
      label={`Put ${name} on ${plan}`}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ params: { org: name }, body: { plan } })}
      onClose={onClose}
    >
      <Text size="sm">
        It is on {from} now. {lower ? 'With the lower plan:' : 'With the higher plan:'}
      </Text>
      <List size="sm" spacing={4}>
        {lower ? <Lower free={plan === 'free'} /> : <List.Item>What the plan has opens at once.</List.Item>}
        <List.Item>Members, roles, resource groups and repositories stay as they are.</List.Item>
        <List.Item>The change stands in the audit log of {name}, in your name.</List.Item>
      </List>
    </ConfirmByTyping>
  )
}

function Lower({ free }: { free: boolean }) {
  return (
    <List.Item>
      {free
        ? 'Requests for what a plan has (changing roles, resource groups, the audit log, required 2FA) answer “not part of this plan”.'
        : 'Requests for what only the higher plan has answer “not part of this plan”.'}
    </List.Item>
  )
}
