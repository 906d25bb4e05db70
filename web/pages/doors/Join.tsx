import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ApiError, joining, users } from '../../../api/index.ts'
import { useAddressSecret } from '../../address-state.ts'
import { useGo } from '../../go.ts'
import { client, useChange, useMaybe } from '../../hub.ts'
import { joinAddress, keepMailed } from '../../mailed-invitation.ts'
import { nextHash } from '../../next.ts'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import { organizationWithSso } from '../../pieces/SsoNeeded.tsx'
import { When } from '../../pieces/When.tsx'
import { sessionChanged, useAccount, useInstance } from '../../session.ts'
import { whereTheLinkIs } from '../../words.ts'
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
      <ButtonTo to="/settings/invitations">View your invitations</ButtonTo>
    </Door>
  )
}

function OfToken({ token }: { token: string }) {
  useEffect(() => keepMailed(token), [token])
  const { data: offer, error } = useMaybe(joining.viewOffer, { body: { token } })
  if (error instanceof ApiError && error.code === 'InviteLinkEnded')
    return <LinkEnded token={token} why={error.message} />
  if (error instanceof ApiError && error.status === 404) return <NotValid token={token} />
  const sso = organizationWithSso(error)
  if (sso !== undefined) return <JoinWithSso organization={sso} />
  if (error) throw error
  return offer ? <Offered offer={offer} token={token} /> : <PageSkeleton />
}

/** For an invite link of an organization that uses SSO: it works no more, the SSO join link does. */
function JoinWithSso({ organization }: { organization: string }) {
  return (
    <Door
      title={`Join ${organization} with SSO`}
      state={`${organization} uses single sign-on (SSO), so invite links don’t work.`}
    >
      <Group>
        <ButtonTo to="/sso/$org" params={{ org: organization }} variant="filled">
          Continue to SSO
        </ButtonTo>
      </Group>
    </Door>
  )
}

/** For an invitation that is expired, used, revoked, or for another account: the answer is the same for all of them. */
function NotValid({ token }: { token: string }) {
  const account = useAccount()
  return (
    <Door title="This invitation isn’t valid" state="It has expired, was used or revoked, or is for another account.">
      <Stack>
        {account && (
          <Text size="sm">
            You’re signed in as <b>{account.name}</b>. If the invitation is for another account or email address, switch
            to it.
          </Text>
        )}
        <Group>
          {account ? (
            <SwitchAccount token={token} isMain />
          ) : (
            <ButtonTo to="/login" next={joinAddress(token)} variant="filled">
              Sign in
            </ButtonTo>
          )}
          <ButtonTo to="/settings/invitations">View your invitations</ButtonTo>
        </Group>
        {/* The same for every link, so that it tells nothing about it. */}
        <AskAgain
          token={token}
          hint="Still not working? Ask the admins for a new invitation. If you’re signed in, they see your username."
          done="Asked. If this link is an invitation, the admins of the organization get an email. They can invite you again."
        />
      </Stack>
    </Door>
  )
}

/** For an invite link that has expired, was revoked, or is used up. */
function LinkEnded({ token, why }: { token: string; why: string }) {
  const account = useAccount()
  return (
    <Door title="This invite link doesn’t work" state={why}>
      {account ? (
        <AskAgain
          token={token}
          done="Asked. The admins get an email, and you get one when they decide."
          hint="The admins get an email with your username."
          isMain
        />
      ) : (
        <ButtonTo to="/login" next={joinAddress(token)} variant="filled">
          Sign in to ask for a new one
        </ButtonTo>
      )}
    </Door>
  )
}

interface Asking {
  token: string
  hint: string
  done: string
  isMain?: boolean
}

/** Asks the admins for another invitation or invite link. */
function AskAgain({ token, hint, done, isMain = false }: Asking) {
  const ask = useMutation({ mutationFn: () => client.call(joining.askAgain, { body: { token } }) })
  if (ask.isSuccess) {
    return (
      <Text size="sm" role="status">
        {done}
      </Text>
    )
  }
  return (
    <div>
      <Text size="sm" c="dimmed" mb="xs">
        {hint}
      </Text>
      <Button variant={isMain ? 'filled' : 'default'} loading={ask.isPending} onClick={() => ask.mutate()}>
        Ask for a new one
      </Button>
      <ErrorNote error={ask.error} />
    </div>
  )
}

/** Signs out, and leads to the sign-in of another account with the same invitation. */
function SwitchAccount({ token, isMain = false }: { token: string; isMain?: boolean }) {
  const go = useGo()
  const signOut = useChange(users.signOut, async () => {
    await sessionChanged()
    await go({ to: '/login' }, { hash: nextHash(joinAddress(token)), replace: true })
  })
  return (
    <>
      <Button variant={isMain ? 'filled' : 'default'} loading={signOut.isPending} onClick={() => signOut.mutate({})}>
        Switch account
      </Button>
      <ErrorNote error={signOut.error} />
    </>
  )
}

function Offered({ offer, token }: { offer: joining.Offer; token: string }) {
  const { organization } = offer
  const called = organization.fullname || organization.name
  if (offer.state === 'member') return <Member name={organization.name} called={called} />
  return (
    <Door title={`Join ${called}`} state={whoInvites(offer)}>
      <Stack gap="lg">
        <Group gap="md" wrap="nowrap">
          <Portrait name={organization.name} fullname={organization.fullname} size={48} square />
          <div>
            <LinkTo to="/$name" params={{ name: organization.name }}>
              {called}
            </LinkTo>
            <Group gap={6} mt={4}>
              <Text size="sm">Your role:</Text>
              <RoleBadge role={offer.role} />
            </Group>
          </div>
        </Group>
        {offer.groups.length > 0 && (
          <Text size="sm">
            Resource groups: {offer.groups.map(({ name, role }) => `${name} (${role})`).join(', ')}.
          </Text>
        )}
        {offer.message !== '' && (
          <Text size="sm" fs="italic">
            “{offer.message}”
          </Text>
        )}
        <NextStep offer={offer} token={token} />
        <Text size="sm" c="dimmed">
          Expires <When time={offer.expiresAt} />
        </Text>
      </Stack>
    </Door>
  )
}

/** For a member the link changes nothing: not even the role. */
function Member({ name, called }: { name: string; called: string }) {
  return (
    <Door title={called} state={`You’re already a member of ${name}.`}>
      <Group>
        <ButtonTo to="/$name" params={{ name }} variant="filled">
          Open {name}
        </ButtonTo>
      </Group>
    </Door>
  )
}

function whoInvites({ invitedBy, kind, emailDomain }: joining.Offer): string {
  if (kind === 'invitation') return invitedBy ? `${invitedBy.user} invited you.` : 'You’re invited.'
  return emailDomain === null ? 'You opened an invite link.' : `You opened an invite link for people at ${emailDomain}.`
}

function NextStep({ offer, token }: { offer: joining.Offer; token: string }) {
  const here = joinAddress(token)
  const { signUp } = useInstance()
  switch (offer.state) {
    case 'member':
      return null
    case 'sign_in':
      return (
        <Group>
          <ButtonTo to="/login" next={here} variant="filled">
            Sign in to accept
          </ButtonTo>
          {(offer.maySignUp || (offer.for === 'anyone' && signUp === 'open')) && (
            <ButtonTo to="/signup" next={here}>
              Create account
            </ButtonTo>
          )}
        </Group>
      )
    case 'verify_email':
      return <VerifyFirst offer={offer} token={token} />
    case 'ready':
      return <Decide offer={offer} token={token} />
  }
}

function VerifyFirst({ offer, token }: { offer: joining.Offer; token: string }) {
  const which =
    offer.address ??
    (offer.emailDomain === null ? 'the invited email address' : `an email address at ${offer.emailDomain}`)
  const { sendsMail } = useInstance()
  return (
    <div>
      <Text mb="sm">
        Verify {which} first. {whereTheLinkIs(sendsMail)} Then come back here.
      </Text>
      <Group>
        <ButtonTo to="/settings/account" variant="filled">
          View your email addresses
        </ButtonTo>
        <SwitchAccount token={token} />
      </Group>
    </div>
  )
}

function Decide({ offer, token }: { offer: joining.Offer; token: string }) {
  const go = useGo()
  const body = { token }
  const accept = useChange(joining.acceptOffer, async ({ organization }) => {
    await sessionChanged()
    await go({ to: '/$name', params: { name: organization } }, { replace: true })
    showDone(`Welcome to ${organization}.`)
  })
  const decline = useChange(joining.declineOffer, async () => {
    await go({ to: '/' }, { replace: true })
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
