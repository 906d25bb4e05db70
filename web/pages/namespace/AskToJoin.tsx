import { Button, Group, Text, Textarea } from '@mantine/core'
import { IconDoorEnter } from '@tabler/icons-react'
import { useState } from 'react'
import { members, type OrgRole, type ReplyOf, requests } from '../../../api/index.ts'
import { restart } from '../../endless.ts'
import { useApiForm } from '../../form.ts'
import { useChange, useMaybe } from '../../hub.ts'
import { useIsInvited } from '../../notifications.ts'
import type { Org } from '../../organization.ts'
import { Dialog } from '../../pieces/Dialog.tsx'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../pieces/Form.tsx'
import { FormButtons } from '../../pieces/FormButtons.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { sayDay, When } from '../../pieces/When.tsx'
import { useAccount } from '../../session.ts'
import { roleNames } from '../../words.ts'

type Doors = ReplyOf<typeof requests.getDoors>

/** How someone who is not a member stands: the button by which they join or ask, or what became of their request. */
export function AskToJoin({ org }: { org: Org }) {
  const account = useAccount()
  const isStranger = account !== undefined && account !== null && org.role === null
  const { data } = useMaybe(requests.getDoors, isStranger ? { params: { org: org.name } } : undefined)
  const isInvited = useIsInvited(org.name, isStranger)
  if (!data || data.isMember) return null
  if (isInvited) return <Invited org={org} />
  if (data.mayJoin) return <JoinNow org={org} domain={data.domain} role={data.role} />
  if (data.mayRequest) return <AskButton org={org} domain={data.domain} />
  if (data.mustVerify) return <VerifyFirst />
  return data.request && <RequestState org={org} request={data.request} />
}

/** Who is invited need not ask. */
function Invited({ org }: { org: Org }) {
  return (
    <>
      <ButtonTo to="/settings/invitations" variant="filled" leftSection={<IconDoorEnter size={16} aria-hidden />}>
        View invitation
      </ButtonTo>
      <Text size="sm" c="dimmed" w="100%">
        You’re invited to join {org.name}.
      </Text>
    </>
  )
}

/** The button of those who could ask once their email address is verified, and why it is off. */
function VerifyFirst() {
  return (
    <>
      <Button leftSection={<IconDoorEnter size={16} aria-hidden />} disabled>
        Request to join
      </Button>
      <Text size="sm" c="dimmed" w="100%" className="sentence" component="div">
        Verify your email address to request to join. <LinkTo to="/settings/account">Verify email</LinkTo>
      </Text>
    </>
  )
}

interface Door {
  org: Org
  /** Email domains of the organization in which the viewer has a verified address. */
  domain: string | null
}

function JoinNow({ org, domain, role: given }: Door & { role: OrgRole | null }) {
  const join = useChange(requests.joinOrganization, ({ role }) => {
    restart(members.listMembers)
    showDone(`Welcome to ${org.name}.${role === null ? '' : ` Your role is ${roleNames[role]}.`}`)
  })
  return (
    <>
      <Button
        variant="filled"
        leftSection={<IconDoorEnter size={16} aria-hidden />}
        loading={join.isPending}
        onClick={() => join.mutate({ params: { org: org.name }, body: {} })}
      >
        Join {org.name}
      </Button>
      <Text size="sm" c="dimmed" w="100%">
        You can join with your verified email address{domain === null ? '' : ` at ${domain}`}
        {given === null ? '' : `. Your role will be ${roleNames[given]}`}.
      </Text>
      <ErrorNote error={join.error} />
    </>
  )
}

function AskButton({ org, domain }: Door) {
  const [opened, setOpened] = useState(false)
  const close = () => setOpened(false)
  const form = useApiForm(requests.joinOrganization, {
    start: { message: '' },
    input: ({ message }) => ({
      params: { org: org.name },
      body: message.trim() === '' ? {} : { message: message.trim() },
    }),
    after: ({ outcome }) => {
      showDone(
        outcome === 'joined'
          ? `You’re now a member of ${org.name}.`
          : 'Request sent. You’ll get an email when an admin decides.',
      )
      close()
    },
  })
  return (
    <>
      <Button variant="filled" leftSection={<IconDoorEnter size={16} aria-hidden />} onClick={() => setOpened(true)}>
        Request to join
      </Button>
      <Dialog opened={opened} onClose={close} title={`Request to join ${org.name}`}>
        <ApiForm of={form} label={`Request to join ${org.name}`}>
          {domain !== null && <Text size="sm">Admins see your verified email address at {domain}.</Text>}
          <Textarea
            label="Message"
            description="Optional. Shown to the admins."
            autosize
            minRows={3}
            maxRows={10}
            maxLength={1000}
            data-autofocus
            {...form.field('message')}
          />
          <FormButtons label="Send request" busy={form.change.isPending} onClose={close} />
        </ApiForm>
      </Dialog>
    </>
  )
}

function RequestState({ org, request }: { org: Org; request: NonNullable<Doors['request']> }) {
  const withdraw = useChange(requests.withdrawRequest, () => showDone('Request withdrawn.'))
  if (request.state === 'rejected' && request.mayAskAgainAt !== null) {
    return (
      <Text size="sm" c="dimmed" w="100%">
        Your request to join was rejected{request.reason === '' ? '.' : `: “${request.reason}”`} You can request again
        on {sayDay(request.mayAskAgainAt)}.
      </Text>
    )
  }
  if (request.state !== 'pending') return null
  return (
    <Group gap="sm" w="100%">
      <Text size="sm" c="dimmed">
        You requested to join <When time={request.createdAt} />. You’ll get an email when an admin decides.
      </Text>
      <Button size="xs" loading={withdraw.isPending} onClick={() => withdraw.mutate({ params: { org: org.name } })}>
        Withdraw request
      </Button>
      <ErrorNote error={withdraw.error} />
    </Group>
  )
}
