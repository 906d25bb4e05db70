import { Button, Group, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { joining } from '../../../api/index.ts'
import { useAddressSecret } from '../../address-state.ts'
import { namespaceAddress } from '../../addresses.ts'
import { useChange, useReply } from '../../hub.ts'
import { joinAddress, keepMailed } from '../../mailed-invitation.ts'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { When } from '../../pieces/When.tsx'
import { sessionChanged } from '../../session.ts'
import { Door } from './Door.tsx'

/** The door that a link into an organization opens: an invitation, or an invite link. */
export function Page() {
  const token = useAddressSecret('token')
  return token === undefined ? <NotWhole /> : <OfToken token={token} />
}

function NotWhole() {
  return (
    <Door
      title="Join an organization"
      state="This link is incomplete. Copy all of it, or open it from the email again."
    >
      <ButtonTo to="/settings/invitations">Your invitations</ButtonTo>
    </Door>
  )
}

function OfToken({ token }: { token: string }) {
  useEffect(() => keepMailed(token), [token])
  const offer = useReply(joining.viewOffer, { body: { token } })
  const { organization } = offer
  const called = organization.fullname || organization.name
  return (
    <Door title={`Join ${called}`} state={whoInvites(offer)}>
      <Stack gap="lg">
        <Group gap="md" wrap="nowrap">
          <Portrait src={organization.avatarUrl} size={48} square />
          <div>
            <LinkTo to={namespaceAddress(organization.name)}>{called}</LinkTo>
            <Group gap={6} mt={4}>
              <Text size="sm">You become</Text>
              <RoleBadge role={offer.role} />
            </Group>
          </div>
        </Group>
        {offer.groups.length > 0 && (
          <Text size="sm">
            And in resource groups: {offer.groups.map(({ name, role }) => `${name} (${role})`).join(', ')}.
          </Text>
        )}
        {offer.message !== '' && (
          <Text size="sm" fs="italic">
            “{offer.message}”
          </Text>
        )}
        <NextStep offer={offer} token={token} />
        <Text size="sm" c="dimmed">
          Good until <When time={offer.expiresAt} />.
        </Text>
      </Stack>
    </Door>
  )
}

function whoInvites({ invitedBy, kind, emailDomain }: joining.Offer): string {
  if (kind === 'invitation') return invitedBy ? `${invitedBy.user} invites you.` : 'You are invited.'
  return emailDomain === null ? 'By an invite link.' : `By an invite link for people at ${emailDomain}.`
}

function NextStep({ offer, token }: { offer: joining.Offer; token: string }) {
  const here = joinAddress(token)
  switch (offer.state) {
    case 'member':
      return (
        <div>
          <Text mb="sm">You are a member of {offer.organization.name} already.</Text>
          <ButtonTo to={namespaceAddress(offer.organization.name)} variant="filled">
            Open {offer.organization.name}
          </ButtonTo>
        </div>
      )
    case 'sign_in':
      return (
        <Group>
          <ButtonTo to="/login" next={here} variant="filled">
            Sign in to accept
          </ButtonTo>
          {offer.maySignUp && (
            <ButtonTo to="/signup" next={here}>
              Make an account
            </ButtonTo>
          )}
        </Group>
      )
    case 'verify_email':
      return <VerifyFirst offer={offer} />
    case 'ready':
      return <Decide offer={offer} token={token} />
  }
}

function VerifyFirst({ offer }: { offer: joining.Offer }) {
  const which = offer.address ?? (offer.emailDomain === null ? 'the invited address' : `one at ${offer.emailDomain}`)
  return (
    <div>
      <Text mb="sm">
        First verify {which}: open the link in the mail that was sent to it, then come back here. An account that has
        not verified the address cannot accept.
      </Text>
      <ButtonTo to="/settings/account">Your addresses</ButtonTo>
    </div>
  )
}

function Decide({ offer, token }: { offer: joining.Offer; token: string }) {
  const navigate = useNavigate()
  const body = { token }
  const accept = useChange(joining.acceptOffer, async ({ organization }) => {
    await sessionChanged()
    await navigate({ to: namespaceAddress(organization), replace: true })
    showDone(`Welcome to ${organization}.`)
  })
  const decline = useChange(joining.declineOffer, async () => {
    await navigate({ to: '/', replace: true })
    showDone(`You declined to join ${offer.organization.name}.`)
  })
  return (
    <div>
      <Group>
        <Button variant="filled" loading={accept.isPending} onClick={() => accept.mutate({ body })}>
          Accept and join
        </Button>
        {offer.kind === 'invitation' && (
          <Button loading={decline.isPending} onClick={() => decline.mutate({ body })}>
            Decline
          </Button>
        )}
      </Group>
      <ErrorNote error={accept.error ?? decline.error} />
    </div>
  )
}
