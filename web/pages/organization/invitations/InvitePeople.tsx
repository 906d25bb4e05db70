import { Button, SimpleGrid, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { bulk, type CallInput, joining, type OrgRole } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { beside, problemAt } from '../../../field-problems.ts'
import { client, refresh } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { counted } from '../../../words.ts'
import { DaysField, RoleField, useDefaultRole } from './fields.tsx'
import { GroupPicks, type Pick } from './GroupPicks.tsx'
import { InvitedPeople } from './InvitedPeople.tsx'
import { isInvited, PeopleField, Problems } from './PeopleField.tsx'
import { distinct, mostPeople, readPeople, rowOf } from './people.ts'

/** The button *Invite members*, with its dialog; nothing for those who cannot invite. */
export function InviteButton({ org }: { org: Org }) {
  const [opened, setOpened] = useState(false)
  if (!org.may.includes('invitation.createMany')) return null
  return (
    <>
      <Button variant="filled" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setOpened(true)}>
        Invite members
      </Button>
      <InvitePeople org={org} opened={opened} onClose={() => setOpened(false)} />
    </>
  )
}

function InvitePeople({ org, opened, onClose }: { org: Org; opened: boolean; onClose: () => void }) {
  const invite = useInvite(org)
  const close = () => {
    onClose()
    invite.reset()
  }
  return (
    <Dialog opened={opened} onClose={close} size="lg" title={`Invite members to ${org.name}`}>
      {invite.data?.applied ? (
        <InvitedPeople org={org} result={invite.data} onAgain={invite.reset} onDone={close} />
      ) : (
        <InviteForm
          org={org}
          error={invite.error}
          refused={invite.data}
          busy={invite.isPending}
          onSubmit={invite.mutate}
          onClose={close}
        />
      )}
    </Dialog>
  )
}

type Wish = Omit<CallInput<typeof bulk.bulkInvite>['body'], 'mode' | 'planHash'>

interface Asked {
  wish: Wish
  /** How many of them the page has shown as people who cannot be invited. */
  leftOut: number
}

// Looked at once more right before: if someone else cannot be invited by now, it is shown first.
function useInvite(org: Org) {
  const params = { org: org.name }
  return useMutation({
    mutationFn: async ({ wish, leftOut }: Asked) => {
      const plan = await client.call(bulk.bulkInvite, { params, body: { mode: 'plan', ...wish } })
      if (plan.counts.mailed === 0 || plan.counts.leftOut > leftOut) return plan
      return client.call(bulk.bulkInvite, { params, body: { mode: 'apply', planHash: plan.planHash, ...wish } })
    },
    onSuccess: ({ applied }) => {
      if (!applied) return
      restart(joining.listInvitations)
      void refresh()
    },
  })
}

interface FormParts {
  org: Org
  error: unknown
  /** The verdicts on a list that was not sent, since there was something to say first. */
  refused: bulk.BulkInvitations | undefined
  busy: boolean
  onSubmit: (asked: Asked) => void
  onClose: () => void
}

const lifetimes = [1, 3, 7, 14, 30]
const checkedAfterMs = 250

function InviteForm({ org, error, refused, busy, onSubmit, onClose }: FormParts) {
  const usual = useDefaultRole(org)
  const [people, setPeople] = useState<string[]>([])
  const [typed, setTyped] = useState('')
  const [role, setRole] = useState<OrgRole>()
  const [picks, setPicks] = useState<Pick[]>([])
  const [days, setDays] = useState<number>(joining.invitationDays.usual)
  const [message, setMessage] = useState('')
  const wishFor = (whom: readonly string[]): Wish => ({
    rows: whom.map(rowOf),
    role: role ?? usual,
    expiresInDays: days,
    ...(picks.length === 0 ? {} : { groups: picks.map(({ id, role: given }) => ({ id, role: given })) }),
    ...(message.trim() === '' ? {} : { message: message.trim() }),
  })
  const verdicts = useVerdicts(org, people, wishFor(people), refused)
  const bad = people.flatMap((who) => {
    const verdict = verdicts.get(who.toLowerCase())
    return verdict && !isInvited(verdict) ? [verdict] : []
  })
  const all = distinct([...people, ...readPeople(typed)])
  const tooMany = all.length > mostPeople
  const submit = () => {
    if (tooMany || all.length === 0) return
    setPeople(all)
    setTyped('')
    onSubmit({ wish: wishFor(all), leftOut: bad.length })
  }
  const able = all.length - bad.length
  return (
    <Form label={`Invite members to ${org.name}`} error={error} rest={beside(error, fields)} onSubmit={submit}>
      <PeopleField
        people={people}
        typed={typed}
        verdicts={verdicts}
        error={
          tooMany
            ? `These are ${all.length} people. Invite up to ${mostPeople} here.`
            : problemAt(error, 'rows', 'The list')
        }
        onChange={(next, rest) => {
          setPeople(next)
          setTyped(rest)
        }}
      />
      <Problems verdicts={bad} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'start' }}>
        <RoleField org={org} value={role ?? usual} error={problemAt(error, 'role', 'Role')} onChange={setRole} />
        <DaysField
          choices={lifetimes}
          value={days}
          error={problemAt(error, 'expiresInDays', 'Expiry')}
          onChange={setDays}
        />
      </SimpleGrid>
      <GroupPicks org={org} picks={picks} onChange={setPicks} />
      <Textarea
        label="Message"
        description="Optional. Included in the email."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={1000}
        value={message}
        error={problemAt(error, 'message', 'Message')}
        onChange={({ currentTarget }) => setMessage(currentTarget.value)}
      />
      <OtherWays org={org} />
      <FormButtons
        label={able > 1 ? `Invite ${counted(able, 'person', 'people')}` : 'Invite'}
        busy={busy}
        disabled={all.length > 0 && able === 0}
        onClose={onClose}
      />
    </Form>
  )
}

const fields = ['rows', 'role', 'expiresInDays', 'groups', 'message']

/** What the server says about each of the people, asked again when the list or the role changes. */
function useVerdicts(
  org: Org,
  people: string[],
  { message: _, ...wish }: Wish,
  refused: bulk.BulkInvitations | undefined,
): ReadonlyMap<string, bulk.InviteVerdict> {
  const [asked] = useDebouncedValue({ people, wish }, checkedAfterMs)
  const { data } = useQuery({
    queryKey: ['rehearsal', bulk.bulkInvite.path, org.name, asked],
    queryFn: () => client.call(bulk.bulkInvite, { params: { org: org.name }, body: { mode: 'plan', ...asked.wish } }),
    enabled: asked.people.length > 0 && asked.people.length <= mostPeople,
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  })
  return useMemo(() => {
    const rows = [...(refused?.rows ?? []), ...(data?.rows ?? [])]
    return new Map(rows.map((row) => [row.who.toLowerCase(), row]))
  }, [data, refused])
}

/** The ways for more people than fit here. */
function OtherWays({ org }: { org: Org }) {
  const params = { org: org.name }
  return (
    <Text size="sm" c="dimmed">
      To invite more people,{' '}
      <LinkTo to="/organizations/$org/settings/invitations/list" params={params}>
        import a list
      </LinkTo>
      {/* With SSO, invite links don’t work. */}
      {org.sso === undefined && (
        <>
          {' '}
          or{' '}
          <LinkTo to="/organizations/$org/settings/invitations" params={params}>
            create an invite link
          </LinkTo>
        </>
      )}
      .
    </Text>
  )
}
