import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { emails, type ReplyOf, users } from '../../../api/index.ts'
import { useAddressSecret } from '../../address-state.ts'
import { useChange, useMaybe } from '../../hub.ts'
import { invitationIn } from '../../mailed-invitation.ts'
import { safeNext } from '../../next.ts'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import { givenPlace, place } from '../../places.ts'
import { sessionChanged, useAccount } from '../../session.ts'
import { Door } from './Door.tsx'

type Claim = ReplyOf<typeof emails.viewClaim>

/** The link of a verification mail. Buttons, since mail scanners open links but press nothing. */
export function Page() {
  const token = useAddressSecret('token')
  return token === undefined ? <NotWhole /> : <OfToken token={token} />
}

function NotWhole() {
  return (
    <Door
      title="Verify email address"
      state="This link is incomplete. Copy all of it, or open it from the email again."
    >
      <ButtonTo to="/settings/account">View your email addresses</ButtonTo>
    </Door>
  )
}

function OfToken({ token }: { token: string }) {
  const claim = useMaybe(emails.viewClaim, { body: { token } })
  const verify = useChange(emails.verifyEmail, sessionChanged)
  const reject = useChange(emails.rejectClaim)
  const account = useAccount()
  if (verify.data) return <Verified {...verify.data} />
  if (reject.isSuccess && claim.data) return <Rejected claim={claim.data} />
  if (claim.error) {
    return (
      <Door title="This link doesn’t work" state={claim.error.message}>
        <ButtonTo to="/settings/account">View your email addresses</ButtonTo>
      </Door>
    )
  }
  if (!claim.data) return <PageSkeleton />
  const { email, username, isYours } = claim.data
  return (
    <Door title="Verify your email address" state={`Confirm that ${email} belongs to your account ${username}.`}>
      <Stack>
        {account && !isYours && (
          <Text size="sm">
            You’re signed in as <b>{account.name}</b>. Sign out, then sign in as {username}.
          </Text>
        )}
        <Opens claim={claim.data} />
        <ErrorNote error={verify.error ?? reject.error} />
        <Group>
          <Step claim={claim.data} busy={verify.isPending} onVerify={() => verify.mutate({ body: { token } })} />
          <Button
            color="red"
            variant="light"
            loading={reject.isPending}
            onClick={() => reject.mutate({ body: { token } })}
          >
            This wasn’t me
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          Not your account? Choose “This wasn’t me” to remove {email} from {username}.
        </Text>
      </Stack>
    </Door>
  )
}

function Opens({ claim: { username, organizations } }: { claim: Claim }) {
  if (organizations.length === 0) return null
  return (
    <Alert variant="light">
      <Text size="sm">With this address, {username} can join:</Text>
      <List size="sm" mt={4}>
        {organizations.map(({ name, fullname, approvalRequired }) => (
          <List.Item key={name}>
            {fullname || name}
            {approvalRequired && ' (approval required)'}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

// Only in a session of the account itself; who is signed in as someone else signs out first, and comes back here.
function Step({ claim, busy, onVerify }: { claim: Claim; busy: boolean; onVerify: () => void }) {
  const account = useAccount()
  const signOut = useChange(users.signOut, sessionChanged)
  if (claim.isYours) {
    return (
      <Button variant="filled" loading={busy} onClick={onVerify} autoFocus>
        Verify email address
      </Button>
    )
  }
  if (account) {
    return (
      <Button variant="filled" loading={signOut.isPending} onClick={() => signOut.mutate({})}>
        Sign out of {account.name}
      </Button>
    )
  }
  return (
    <ButtonTo to="/login" next={location.pathname + location.hash} variant="filled">
      Sign in as {claim.username}
    </ButtonTo>
  )
}

function Rejected({ claim: { email, username } }: { claim: Claim }) {
  return (
    <Door title="Email address removed" state={`${email} was removed from the account ${username}.`}>
      <ButtonTo to="/">Go to home page</ButtonTo>
    </Door>
  )
}

// The mail of someone who signed up by an invitation leads back to it.
function Verified({ email, username }: ReplyOf<typeof emails.verifyEmail>) {
  const next = safeNext(useAddressSecret('next'), location.origin)
  const onward =
    invitationIn(next) !== undefined
      ? { page: givenPlace(next), label: 'Continue to the invitation' }
      : { page: place({ to: '/' }), label: 'Go to home page' }
  return (
    <Door title="Email address verified" state={`You can now sign in to ${username} with ${email}.`}>
      <ButtonTo {...onward.page} variant="filled">
        {onward.label}
      </ButtonTo>
    </Door>
  )
}
