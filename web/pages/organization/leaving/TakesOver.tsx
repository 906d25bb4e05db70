import { Button, Group, Radio, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Org } from '../../../organization.ts'
import { Form } from '../../../pieces/Form.tsx'
import { counted } from '../../../words.ts'
import { PickMember } from '../members/PickMember.tsx'
import { type Choices, liveInvitations, needsSomebody, type Plan } from './choices.ts'
import { Orphans } from './Orphans.tsx'

interface Step {
  org: Org
  person: { user: string; fullname: string }
  plan: Plan
  choices: Choices
  /** Whether the viewer is the only member of the organization. */
  alone: boolean
  onChange: (choices: Choices) => void
  onBack: () => void
  onNext: () => void
}

/** Who takes over what has no other owner, what happens to open invitations, and the reason. */
export function TakesOver(step: Step) {
  const { plan, choices, onChange } = step
  const [tries, setTries] = useState(0)
  const wrong = tries > 0 ? whatIsMissing(plan, choices) : {}
  const submit = () => {
    if (Object.keys(whatIsMissing(plan, choices)).length === 0) return step.onNext()
    setTries(tries + 1)
  }
  return (
    <Form label="Handover" error={tries} noValidate onSubmit={submit}>
      {needsSomebody(plan) ? (
        <Owner {...step} wrong={wrong} />
      ) : (
        <Text size="sm">
          Nothing to hand over. Every resource group has another admin, and other members can write to every repository.
        </Text>
      )}
      {liveInvitations(plan) > 0 && <Invitations {...step} />}
      <Textarea
        label="Reason"
        description="Shown in the report and the audit log."
        placeholder="Left the lab at the end of the term"
        required
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={choices.reason}
        error={wrong.reason}
        onChange={({ currentTarget }) => onChange({ ...choices, reason: currentTarget.value })}
      />
      <Group mt="md">
        <Button type="submit" variant="filled">
          Continue
        </Button>
        <Button onClick={step.onBack}>Back</Button>
      </Group>
    </Form>
  )
}

interface Missing {
  owner?: string
  successor?: string
  reason?: string
}

function whatIsMissing(plan: Plan, { owner, successor, reason }: Choices): Missing {
  const missing: Missing = {}
  if (needsSomebody(plan) && owner === undefined) missing.owner = 'Choose an option.'
  if (needsSomebody(plan) && owner === 'successor' && !successor) missing.successor = 'Pick a member.'
  if (reason.trim() === '') missing.reason = 'Enter a reason.'
  return missing
}

function Owner({ org, person, plan, choices, alone, onChange, wrong }: Step & { wrong: Missing }) {
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={600}>
          No other owner
        </Text>
        <Orphans needs={plan.needsOwner} org={org.name} />
      </div>
      <Radio.Group
        label="New owner"
        error={wrong.owner}
        value={choices.owner ?? null}
        onChange={(owner) => onChange({ ...choices, owner: owner === 'successor' ? 'successor' : 'nobody' })}
      >
        <Stack gap="xs" mt={6} mb={6}>
          <Radio
            value="successor"
            label="A member"
            description={
              alone
                ? 'You are the only other member. Pick yourself.'
                : 'Becomes admin of these groups and gets write access to these repositories.'
            }
          />
          {choices.owner === 'successor' && (
            <PickMember
              org={org}
              label="Successor"
              without={[person.user]}
              picked={choices.successor}
              error={wrong.successor}
              onPick={(successor) => onChange({ ...choices, successor })}
            />
          )}
          <Radio value="nobody" label="No one" description="Only admins of the organization can change them." />
        </Stack>
      </Radio.Group>
    </Stack>
  )
}

function Invitations({ person, plan, choices, onChange }: Step) {
  const count = counted(liveInvitations(plan), 'invitation or link', 'invitations and links')
  return (
    <Radio.Group
      label={`${count} from ${person.user}`}
      value={choices.invitations}
      onChange={(value) => onChange({ ...choices, invitations: value === 'reassign' ? 'reassign' : 'revoke' })}
    >
      <Stack gap="xs" mt={6}>
        <Radio value="revoke" label="Revoke" description="They stop working immediately." />
        <Radio value="reassign" label="Transfer to me" description="They keep working, in your name." />
      </Stack>
    </Radio.Group>
  )
}
