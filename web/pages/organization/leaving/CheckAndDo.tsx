import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { leaving, members } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useGo } from '../../../go.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { counted, listed } from '../../../words.ts'
import { dropMember, memberPage } from '../members/rows.ts'
import { type Choices, liveInvitations, needsSomebody, type Plan } from './choices.ts'
import { categoriesOf, endingOf } from './holdings.tsx'
import classes from './Leaving.module.css'

interface Step {
  org: Org
  person: { user: string; fullname: string }
  plan: Plan
  choices: Choices
  onBack: () => void
}

/** Says what will happen, has the name typed, and offboards. */
export function CheckAndDo({ org, person, plan, choices, onBack }: Step) {
  const { user } = person
  const go = useGo()
  const [typed, setTyped] = useState('')
  const offboard = useChange(leaving.offboardMember, async ({ report }) => {
    dropMember(user)
    restart(members.listMembers)
    restart(leaving.listOffboardings)
    if (report)
      await go({
        to: '/organizations/$org/settings/members/offboardings/$id',
        params: { org: org.name, id: report.id },
      })
    showDone(`Offboarded ${user} from ${org.name}.`)
  })
  const isReady = typed.trim() === user
  const submit = () => {
    if (isReady)
      offboard.mutate({ params: { org: org.name, username: user }, body: { mode: 'apply', ...wishes(plan, choices) } })
  }
  return (
    <Form label="Confirm" onSubmit={submit}>
      <dl className={classes.facts}>
        {factsOf({ org, person, plan, choices }).map(([name, words]) => (
          <Fact key={name} name={name} words={words} />
        ))}
      </dl>
      <TextInput
        label={`Type “${user}” to confirm`}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <ErrorNote error={offboard.error} candidatePage={memberPage(org)} />
      <Group mt="xs">
        <Button type="submit" variant="filled" color="red.9" disabled={!isReady} loading={offboard.isPending}>
          Offboard {user}
        </Button>
        <Button onClick={onBack}>Back</Button>
      </Group>
    </Form>
  )
}

function Fact({ name, words }: { name: string; words: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{words}</dd>
    </>
  )
}

function factsOf({ org, person, plan, choices }: Omit<Step, 'onBack'>): [string, string][] {
  const ending = endingOf(categoriesOf(org.name, plan.has), choices.invitations)
  const some = ending.filter(({ things }) => things.length > 0)
  const ends = some.map(({ title }, index) => (index > 0 ? lowerFirst(title) : title))
  const facts: [string, string][] = [['Removes', ends.length > 0 ? `${listed(ends)}.` : 'Nothing to remove.']]
  if (needsSomebody(plan)) facts.push(['Handover', handedOver(plan, choices)])
  if (liveInvitations(plan) > 0) {
    const isTaken = choices.invitations === 'reassign'
    facts.push(['Their invitations', isTaken ? 'Transferred to you.' : 'Revoked.'])
  }
  facts.push(['Rejoin block', `${person.user} can’t rejoin ${org.name} for 90 days, unless an admin allows it.`])
  return [...facts, ['Reason', choices.reason.trim()]]
}

function handedOver({ needsOwner }: Plan, { owner, successor }: Choices): string {
  const groups = counted(needsOwner.groups.length, 'resource group')
  const what = listed([
    ...(needsOwner.groups.length > 0 ? [groups] : []),
    ...(needsOwner.repositoryCount > 0 ? [counted(needsOwner.repositoryCount, 'repository', 'repositories')] : []),
    ...(needsOwner.serviceAccounts.length > 0 ? [counted(needsOwner.serviceAccounts.length, 'service account')] : []),
  ])
  if (owner === 'successor' && successor) return `${what} to ${successor.fullname || successor.user}.`
  return `No handover. Without an owner: ${what}.`
}

function wishes(plan: Plan, { owner, successor, invitations, reason }: Choices) {
  const taken = needsSomebody(plan) && owner === 'successor' && successor
  return { invitations, reason: reason.trim(), ...(taken ? { successor: successor.user } : { leaveAsIs: true }) }
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}
