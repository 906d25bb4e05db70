import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconMailOpened } from '@tabler/icons-react'
import { useState } from 'react'
import { joining } from '../../../api/index.ts'
import { useChange, useReply } from '../../hub.ts'
import { ConfirmByTyping } from '../../pieces/ConfirmByTyping.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageColumn } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { When } from '../../pieces/When.tsx'
import { Word } from '../../pieces/Word.tsx'
import { counted, listed, roleNames } from '../../words.ts'

type Mine = joining.MyInvitation

/** The invitations that wait for you. */
export function Page() {
  const list = useReply(joining.listMyInvitations)
  const state = list.length === 0 ? 'No pending invitations' : counted(list.length, 'pending invitation')
  return (
    <>
      <PageHead title="Invitations" state={state} />
      {list.length === 0 && (
        <Empty title="No invitations" icon={<IconMailOpened size={28} />}>
          Invitations to your username or to one of your verified email addresses appear here.
        </Empty>
      )}
      <PageColumn>
        {list.map((invitation) => (
          <Invitation key={invitation.id} invitation={invitation} />
        ))}
      </PageColumn>
    </>
  )
}

function Invitation({ invitation }: { invitation: Mine }) {
  const [declining, setDeclining] = useState(false)
  const { id, organization, role, message } = invitation
  const accept = useChange(joining.acceptMyInvitation, (joined) =>
    showDone(`You joined ${joined.organization}. Your role is ${roleNames[joined.role]}.`),
  )
  const name = organization.fullname || organization.name
  return (
    <Paper component="section" withBorder p="md" aria-label={`Invitation to ${name}`}>
      <Group align="flex-start" gap="md" wrap="nowrap">
        <Portrait name={organization.name} fullname={organization.fullname} size={40} square />
        <Stack gap="xs" miw={0} flex={1}>
          <Group gap={8}>
            <LinkTo to="/$name" params={{ name: organization.name }} fw={600}>
              {name}
            </LinkTo>
            {organization.isVerified && <Word>verified</Word>}
            <RoleBadge role={role} />
          </Group>
          <Circumstances invitation={invitation} />
          {message !== '' && (
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              “{message}”
            </Text>
          )}
          <ErrorNote error={accept.error} />
          <Group gap="sm">
            <Button
              variant="filled"
              aria-label={`Accept: ${name}`}
              loading={accept.isPending}
              onClick={() => accept.mutate({ params: { id } })}
            >
              Accept
            </Button>
            <Button aria-label={`Decline: ${name}`} onClick={() => setDeclining(true)}>
              Decline…
            </Button>
          </Group>
        </Stack>
      </Group>
      {declining && <Decline invitation={invitation} onClose={() => setDeclining(false)} />}
    </Paper>
  )
}

function Circumstances({ invitation }: { invitation: Mine }) {
  const { groups, invitedBy, email, sentAt, expiresAt } = invitation
  const inside = groups.map(({ name, role }) => `${name} (${roleNames[role]})`)
  return (
    <Text size="sm" c="dimmed">
      {invitedBy ? `${invitedBy.fullname || invitedBy.user} invited you` : 'You were invited'}
      {email && ` at ${email}`} <When time={sentAt} />. Expires <When time={expiresAt} />.
      {inside.length > 0 && ` Resource groups: ${listed(inside)}.`}
    </Text>
  )
}

function Decline({ invitation, onClose }: { invitation: Mine; onClose: () => void }) {
  const { name } = invitation.organization
  const decline = useChange(joining.declineMyInvitation, () => {
    showDone(`Declined the invitation to ${name}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Decline invitation to ${name}`}
      label="Decline invitation"
      busy={decline.isPending}
      error={decline.error}
      onConfirm={() => decline.mutate({ params: { id: invitation.id } })}
      onClose={onClose}
    >
      <Text size="sm">The invitation link stops working. An admin can invite you again.</Text>
    </ConfirmByTyping>
  )
}
