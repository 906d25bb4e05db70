import { Button, Stack, Text, TextInput } from '@mantine/core'
import { users } from '../../../api/index.ts'
import { useAddressSecret } from '../../address-state.ts'
import { useApiForm } from '../../form.ts'
import { ApiForm, NewPasswordField } from '../../pieces/Form.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { Door } from './Door.tsx'

/** A forgotten password: asking for the link, and behind the link the new password. */
export function Page() {
  const token = useAddressSecret('token')
  return token === undefined ? <AskForLink /> : <SetPassword token={token} />
}

function AskForLink() {
  const form = useApiForm(users.requestPasswordReset, {
    start: { email: '' },
    input: ({ email }) => ({ body: { email: email.trim() } }),
  })
  const { values, change } = form
  const { sendsMail } = useInstance()
  if (change.isSuccess) return <LinkSent email={values.email} onAgain={change.reset} />
  const how = sendsMail
    ? 'We’ll email you a link to reset your password.'
    : 'This instance has no mail server. Request a link here, then ask a site admin for it.'
  return (
    <Door title="Reset your password" state={`${how} The link works for one hour.`}>
      <ApiForm of={form} label="Reset your password">
        <TextInput
          label="Email address"
          type="email"
          autoComplete="email"
          maxLength={254}
          required
          autoFocus
          {...form.field('email')}
        />
        <Button type="submit" variant="filled" loading={change.isPending}>
          {sendsMail ? 'Send link' : 'Request link'}
        </Button>
        <LinkTo to="/login" size="sm">
          Back to sign-in
        </LinkTo>
      </ApiForm>
    </Door>
  )
}

function LinkSent({ email, onAgain }: { email: string; onAgain: () => void }) {
  const { sendsMail } = useInstance()
  return (
    <Door
      title={sendsMail ? 'Check your email' : 'Ask a site admin for the link'}
      state={`If ${email} is a verified address of an account, ${sendsMail ? 'we sent a link to it' : 'its link is ready'}.`}
    >
      <Stack align="flex-start">
        <Text size="sm">
          {sendsMail
            ? 'The link works once and expires in an hour. If you don’t see the email, check your spam folder.'
            : 'This instance has no mail server. A site admin can find the link in the outbox.'}
        </Text>
        <Button onClick={onAgain}>Try another address</Button>
      </Stack>
    </Door>
  )
}

function SetPassword({ token }: { token: string }) {
  // Every session of the account has ended, this browser's as well.
  const form = useApiForm(users.resetPassword, {
    start: { password: '' },
    input: ({ password }) => ({ body: { token, password } }),
    after: sessionChanged,
  })
  const reset = form.change
  if (reset.isSuccess) {
    return (
      <Door title="Password changed" state="You’re signed out everywhere. Sign in with your new password.">
        <ButtonTo to="/login" variant="filled">
          Sign in
        </ButtonTo>
      </Door>
    )
  }
  return (
    <Door title="Set a new password" state="This signs you out everywhere.">
      <ApiForm of={form} label="Set a new password">
        <NewPasswordField label="New password" autoFocus {...form.field('password')} />
        <Button type="submit" variant="filled" loading={reset.isPending}>
          Set password
        </Button>
        {reset.isError && (
          <LinkTo to="/password-reset" size="sm">
            Request a new link
          </LinkTo>
        )}
      </ApiForm>
    </Door>
  )
}
