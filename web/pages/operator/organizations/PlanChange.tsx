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

/** Changes the plan of an organization, after saying which features it gains or loses. */
export function PlanChange({ organization, plan, onClose }: PickedPlan & { onClose: () => void }) {
  const { name, plan: from } = organization
  const change = useChange(operator.updateOrganizationPlan, (changed) => {
    patchRows<OperatorOrganization>(operator.listOrganizations, (row) => (row.id === changed.id ? changed : row))
    showDone(`${changed.name} is now on the ${changed.plan} plan.`)
    onClose()
  })
  const lower = plans.indexOf(plan) < plans.indexOf(from)
  return (
    <ConfirmByTyping
      opened
      danger={lower}
      title={`Change ${name} to the ${plan} plan`}
      label={`Change to ${plan}`}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ params: { org: name }, body: { plan } })}
      onClose={onClose}
    >
      <Text size="sm">Current plan: {from}</Text>
      <List size="sm" spacing={4}>
        {lower ? (
          <Lower free={plan === 'free'} />
        ) : (
          <List.Item>The features of the {plan} plan become available immediately.</List.Item>
        )}
        <List.Item>Members, roles, resource groups, and repositories don’t change.</List.Item>
        <List.Item>The change is recorded in the audit log of {name} with your name.</List.Item>
      </List>
    </ConfirmByTyping>
  )
}

function Lower({ free }: { free: boolean }) {
  return (
    <List.Item>
      {free
        ? 'Role changes, resource groups, the audit log, and required 2FA are no longer available.'
        : 'Features of the higher plan are no longer available.'}
    </List.Item>
  )
}
