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

/** Who takes over what no one else looks after, what becomes of open invitations, and why all this is done. */
export function TakesOver(step: Step) {
  const { person, plan, choices, onChange } = step
  const [tried, setTried] = useState(false)
  const wrong = tried ? whatIsMissing(plan, choices) : {}
  const submit = () => {
    if (Object.keys(whatIsMissing(plan, choices)).length === 0) return step.onNext()
    setTried(true)
  }
  return (
    <Form label="Who takes over" error={tried ? choices : undefined} onSubmit={submit}>
      {needsSomebody(plan) ? (
        <Owner {...step} wrong={wrong} />
      ) : (
        <Text size="sm">
          Nothing depends on {person.fullname} alone: every resource group has another admin, and others may write to
          every repository.
        </Text>
      )}
      {liveInvitations(plan) > 0 && <Invitations {...step} />}
      <Textarea
        label="Reason"
        description="Shown in the report and in the audit log."
        placeholder="Left the lab at the end of the term"
        required
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        maw={560}
        value={choices.reason}
        error={wrong.reason}
        onChange={({ currentTarget }) => onChange({ ...choices, reason: currentTarget.value })}
      />
      <Group mt="md">
        <Button type="submit" variant="filled">
          Go on: check
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
  if (needsSomebody(plan) && owner === undefined) missing.owner = 'Choose one of the two.'
  if (needsSomebody(plan) && owner === 'successor' && !successor) missing.successor = 'Pick a member.'
  if (reason.trim() === '') missing.reason = 'Say why.'
  return missing
}

function Owner({ org, person, plan, choices, alone, onChange, wrong }: Step & { wrong: Missing }) {
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm" fw={600}>
          Without another owner
        </Text>
        <Orphans needs={plan.needsOwner} org={org.name} />
      </div>
      <Radio.Group
        label="Who takes them over?"
        error={wrong.owner}
        value={choices.owner ?? null}
        onChange={(owner) => onChange({ ...choices, owner: owner === 'successor' ? 'successor' : 'nobody' })}
      >
        <Stack gap="xs" mt={6}>
          <Radio
            value="successor"
            label="A member"
            description={
              alone
                ? 'You are the only other member: pick yourself.'
                : 'Becomes admin of those resource groups, and may write to those repositories.'
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
          <Radio
            value="nobody"
            label="Leave as is, without an owner"
            description="Admins of the organization can still change everything."
          />
        </Stack>
      </Radio.Group>
    </Stack>
  )
}

function Invitations({ person, plan, choices, onChange }: Step) {
  const count = counted(liveInvitations(plan), 'invitation or link', 'invitations and links')
  return (
    <Radio.Group
      label={`What becomes of ${count} from ${person.user}?`}
      value={choices.invitations}
      onChange={(value) => onChange({ ...choices, invitations: value === 'reassign' ? 'reassign' : 'revoke' })}
    >
      <Stack gap="xs" mt={6}>
        <Radio value="revoke" label="Revoke them" description="They stop working at once." />
        <Radio value="reassign" label="Make them yours" description="They go on working, in your name." />
      </Stack>
    </Radio.Group>
  )
}
