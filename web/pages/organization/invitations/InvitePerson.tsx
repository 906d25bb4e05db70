import { Button, Group, Modal, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { joining, type OrgRole } from '../../../../api/index.ts'
import { orgSettingsAddress } from '../../../addresses.ts'
import { restart } from '../../../endless.ts'
import { problemAt, useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Form } from '../../../pieces/Form.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { listed, roleNames } from '../../../words.ts'
import { DaysField, RoleField, useDefaultRole } from './fields.tsx'
import { GroupPicks, type Pick } from './GroupPicks.tsx'

/** The button *Invite*, with its dialog; nothing for those who may not invite. */
export function InviteButton({ org }: { org: Org }) {
  const [opened, setOpened] = useState(false)
  if (!org.may.includes('invitation.create')) return null
  return (
    <>
      <Button variant="filled" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setOpened(true)}>
        Invite
      </Button>
      <InvitePerson org={org} opened={opened} onClose={() => setOpened(false)} />
    </>
  )
}

function InvitePerson({ org, opened, onClose }: { org: Org; opened: boolean; onClose: () => void }) {
  const invite = useChange(joining.createInvitation, () => restart(joining.listInvitations))
  const close = () => {
    onClose()
    invite.reset()
  }
  return (
    <Modal opened={opened} onClose={close} size="lg" title={`Invite a person to ${org.name}`}>
      {invite.data ? (
        <Invited org={org} invitation={invite.data} onAgain={invite.reset} onDone={close} />
      ) : (
        <InviteForm
          org={org}
          error={invite.error}
          busy={invite.isPending}
          onSubmit={(wish) => invite.mutate({ params: { org: org.name }, body: wish })}
        />
      )}
    </Modal>
  )
}

type Wish = { username?: string; email?: string } & {
  role: OrgRole
  groups: { id: string; role: Pick['role'] }[]
  expiresInDays: number
  message?: string
}

interface FormParts {
  org: Org
  error: unknown
  busy: boolean
  onSubmit: (wish: Wish) => void
}

const lifetimes = [1, 3, 7, 14, 30]
// The refusal of the name and of the address stand at the one field for both.
const start = { username: '', email: '', message: '', role: '', expiresInDays: '' }

function InviteForm({ org, error, busy, onSubmit }: FormParts) {
  const { values, field, rest } = useFields(start, error)
  const usual = useDefaultRole(org)
  const [role, setRole] = useState<OrgRole>()
  const [picks, setPicks] = useState<Pick[]>([])
  const [days, setDays] = useState<number>(joining.invitationDays.usual)
  const submit = () => {
    const message = values.message.trim()
    onSubmit({
      ...whoOf(values.username),
      role: role ?? usual,
      groups: picks.map(({ id, role: given }) => ({ id, role: given })),
      expiresInDays: days,
      ...(message === '' ? {} : { message }),
    })
  }
  return (
    <Form label={`Invite a person to ${org.name}`} error={error} rest={rest} onSubmit={submit}>
      <OtherWays org={org} />
      <TextInput
        label="User name or email address"
        description="An address needs no account yet; only its owner can accept."
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        required
        data-autofocus
        {...field('username')}
        error={problemAt(error, 'username') ?? problemAt(error, 'email')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'end' }}>
        <RoleField org={org} value={role ?? usual} error={problemAt(error, 'role')} onChange={setRole} />
        <DaysField choices={lifetimes} value={days} error={problemAt(error, 'expiresInDays')} onChange={setDays} />
      </SimpleGrid>
      <GroupPicks org={org} picks={picks} onChange={setPicks} />
      <Textarea
        label="Message"
        description="Stands in the mail; may stay empty."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={1000}
        {...field('message')}
      />
      <Group justify="flex-end">
        <Button type="submit" variant="filled" loading={busy}>
          {values.username.trim() === '' ? 'Invite' : `Invite ${values.username.trim()}`}
        </Button>
      </Group>
    </Form>
  )
}

/** The ways for more than one person. */
function OtherWays({ org }: { org: Org }) {
  const invitations = orgSettingsAddress(org.name, 'invitations')
  return (
    <Text size="sm" c="dimmed">
      More than one?{' '}
      {org.may.includes('invitation.createMany') && (
        <>
          <LinkTo to={`${invitations}/list`}>Invite a list</LinkTo>, or{' '}
        </>
      )}
      make <LinkTo to={invitations}>a link</LinkTo> to pass on.
    </Text>
  )
}

function whoOf(typed: string): { username: string } | { email: string } {
  const who = typed.trim()
  return who.includes('@') ? { email: who } : { username: who }
}

interface Result {
  org: Org
  invitation: joining.Invitation
  onAgain: () => void
  onDone: () => void
}

function Invited({ org, invitation, onAgain, onDone }: Result) {
  return (
    <Stack>
      <Text size="sm" role="status">
        {resultOf(invitation)}
      </Text>
      <Text size="sm">
        <LinkTo to={orgSettingsAddress(org.name, 'invitations')}>See all invitations</LinkTo>, resend them or take them
        back.
      </Text>
      <Group justify="flex-end">
        <Button onClick={onAgain}>Invite another person</Button>
        <Button variant="filled" onClick={onDone} data-autofocus>
          Done
        </Button>
      </Group>
    </Stack>
  )
}

function resultOf({ email, user, role, groups, createdAt, sentAt, expiresAt }: joining.Invitation): string {
  const who = email ?? user?.user ?? ''
  const inside =
    groups.length > 0 ? `, with ${listed(groups.map(({ name, role: given }) => `${given} in ${name}`))}` : ''
  const until = `until ${sayDay(expiresAt)}`
  if (sentAt > createdAt)
    return `${who} was invited already. The invitation is renewed, as ${roleNames[role]}${inside}, ${until}; only the newest link works.`
  return `${who} is invited as ${roleNames[role]}${inside}. The invitation is good ${until}.`
}
