import { Alert, Button, Group, List, Skeleton, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { z } from 'zod'
import { leaving, members, people } from '../../../api/index.ts'
import { useAddressState, usePathName } from '../../address-state.ts'
import { useMaybe, useRehearsal } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { Losses } from '../../pieces/Losses.tsx'
import { PageColumn, pageColumnWidth } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { sayDay } from '../../pieces/When.tsx'
import { useAccount } from '../../session.ts'
import { CheckAndDo } from './leaving/CheckAndDo.tsx'
import { noChoices, type Plan } from './leaving/choices.ts'
import { HoldingsList } from './leaving/HoldingsList.tsx'
import { categoriesOf, countThings } from './leaving/holdings.tsx'
import { Steps } from './leaving/Steps.tsx'
import { TakesOver } from './leaving/TakesOver.tsx'

const Search = z.object({ step: z.enum(['2', '3']) })
const steps = ['Access', 'Handover', 'Confirm']

/** Removes all of a person’s access to the organization, in three steps: access, handover, confirm. */
export function Page() {
  const org = useOrg()
  const user = usePathName('user')
  const you = useAccount()?.name
  const reason = whyNot(org, 'member.offboard', 'You need the admin role to offboard people.')
  if (reason !== undefined || user.toLowerCase() === you?.toLowerCase()) {
    return (
      <>
        <PageHead title={`Offboard ${user}`} of={org.name} />
        <Empty title={reason ? 'You can’t offboard people' : 'You can’t offboard yourself'}>
          {reason ?? 'Ask another admin to offboard you, or leave the organization from the members page.'}
        </Empty>
      </>
    )
  }
  return <Offboard key={user} org={org} user={user} />
}

function Offboard({ org, user }: { org: Org; user: string }) {
  const params = { org: org.name, username: user }
  const plan = useRehearsal(leaving.offboardMember, { params, body: { mode: 'plan' } })
  const { data: known } = useMaybe(people.userOverview, { params: { username: user } })
  const { data: counts } = useMaybe(members.countMembers, { params: { org: org.name } })
  const fullname = known?.fullname || user
  return (
    <>
      <PageHead
        title={`Offboard ${user}`}
        of={org.name}
        state={
          <>
            Removes all of {fullname}’s access to {org.name}, hands over what has no other owner, and creates an
            offboarding report.
            {plan.data?.has.membership && (
              <>
                {' '}
                To only end the membership,{' '}
                <LinkTo to="/organizations/$org/settings/members" params={{ org: org.name }} search={{ member: user }}>
                  remove {user}
                </LinkTo>{' '}
                instead.
              </>
            )}
          </>
        }
      />
      {plan.error && <ErrorNote error={plan.error} />}
      {!plan.data && !plan.error && <Shape />}
      {plan.data && isDone(plan.data) && <DoneBefore org={org} plan={plan.data} />}
      {plan.data && !isDone(plan.data) && (
        <Way org={org} person={{ user, fullname }} plan={plan.data} members={counts?.total ?? 0} />
      )}
    </>
  )
}

const isDone = ({ report }: Plan) => report !== null

function Shape() {
  return (
    <PageColumn role="status" aria-label="Loading">
      <Skeleton height={34} />
      <Skeleton height={52} />
      <Skeleton height={110} />
      <Skeleton height={52} />
    </PageColumn>
  )
}

interface Parts {
  org: Org
  person: { user: string; fullname: string }
  plan: Plan
  members: number
}

function Way({ org, person, plan, members: memberCount }: Parts) {
  const [{ step }, setAddress] = useAddressState(Search)
  const [choices, setChoices] = useState(noChoices)
  // Steps are walked: after a reload there are no choices to check.
  const now = step === '3' && choices.reason.trim() === '' ? 2 : Number(step ?? 1)
  const place = useFocusOn(now)
  const go = (to: number) => void setAddress({ step: to === 1 ? undefined : to === 2 ? '2' : '3' }, 'push')
  const parts = { org, person, plan, choices }
  return (
    <PageColumn ref={place} gap={0} tabIndex={-1} style={{ outline: 'none' }}>
      <Steps steps={steps} now={now} onGo={go} />
      {plan.problems.map(({ message }) => (
        <Alert key={message} color="red" variant="light" mb="md">
          {message}
        </Alert>
      ))}
      {now === 1 && <WhatTheyHave org={org} plan={plan} person={person} onNext={() => go(2)} />}
      {now === 2 && (
        <TakesOver
          {...parts}
          alone={memberCount === 2}
          onChange={setChoices}
          onBack={() => go(1)}
          onNext={() => go(3)}
        />
      )}
      {now === 3 && <CheckAndDo {...parts} onBack={() => go(2)} />}
    </PageColumn>
  )
}

/** Gives the place the focus when the step changes, so that it is read from its beginning. */
function useFocusOn(step: number) {
  const place = useRef<HTMLDivElement>(null)
  const before = useRef(step)
  useEffect(() => {
    if (before.current !== step) place.current?.focus()
    before.current = step
  }, [step])
  return place
}

function WhatTheyHave({ org, plan, person, onNext }: Omit<Parts, 'members'> & { onNext: () => void }) {
  const categories = categoriesOf(org.name, plan.has)
  const things = countThings(categories)
  return (
    <section aria-label={`Access of ${person.user}`}>
      {things === 0 && (
        <Text mb="xs">
          {person.fullname} has no access to {org.name}. If you continue, they can’t rejoin for 90 days.
        </Text>
      )}
      <Losses title={`${person.fullname} loses:`} phrases={plan.loses} />
      <Text size="sm" fw={600} mt="md">
        What is removed
      </Text>
      <HoldingsList categories={categories} />
      <Remains remains={plan.remains} />
      <Group mt="xl">
        <Button variant="filled" onClick={onNext}>
          Continue
        </Button>
        <ButtonTo to="/organizations/$org/settings/members" params={{ org: org.name }}>
          Cancel
        </ButtonTo>
      </Group>
    </section>
  )
}

function Remains({ remains }: { remains: string[] }) {
  if (remains.length === 0) return null
  return (
    <>
      <Text size="sm" fw={600} mt="lg">
        What stays
      </Text>
      <List size="sm" spacing={4} mt={4} c="dimmed">
        {remains.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </>
  )
}

function DoneBefore({ org, plan: { report } }: { org: Org; plan: Plan }) {
  if (report === null) return null
  return (
    <Alert variant="light" maw={pageColumnWidth} title={`${report.user} is already offboarded`}>
      <Text size="sm" mb="sm">
        {report.by} offboarded them on {sayDay(report.at)}. No access is left to remove.
      </Text>
      <ButtonTo
        to="/organizations/$org/settings/members/offboardings/$id"
        params={{ org: org.name, id: report.id }}
        variant="filled"
        size="xs"
      >
        View report
      </ButtonTo>
    </Alert>
  )
}
