import { Button, Stack, Text, TextInput } from '@mantine/core'
import { users } from '../../../api/index.ts'
import { useAddressSecret } from '../../address-state.ts'
import { useFields } from '../../form.ts'
import { useChange } from '../../hub.ts'
import { Form, NewPasswordField } from '../../pieces/Form.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { Door } from './Door.tsx'

/** A forgotten password: asking for the link, and behind the link the new password. */
export function Page() {
  const token = useAddressSecret('token')
  return token === undefined ? <AskForLink /> : <SetPassword token={token} />
}

function AskForLink() {
  const ask = useChange(users.requestPasswordReset)
  const { values, field, rest } = useFields({ email: '' }, ask.error)
  const { sendsMail } = useInstance()
  if (ask.isSuccess) return <LinkSent email={values.email} onAgain={ask.reset} />
  const how = sendsMail
    ? 'A mail with a link lets you set a new one.'
    : 'This hub has no mail server: ask for a link here, and an operator hands it to you.'
  return (
    <Door title="Forgot the password" state={`${how} The link works for one hour.`}>
      <Form
        label="Ask for a new password"
        error={ask.error}
        rest={rest}
        onSubmit={() => ask.mutate({ body: { email: values.email.trim() } })}
      >
        <TextInput
          label="Email address of the account"
          type="email"
          autoComplete="email"
          maxLength={254}
          required
          autoFocus
          {...field('email')}
        />
        <Button type="submit" variant="filled" loading={ask.isPending}>
          {sendsMail ? 'Send the link' : 'Ask for the link'}
        </Button>
        <LinkTo to="/login" size="sm">
          Back to signing in
        </LinkTo>
      </Form>
    </Door>
  )
}

function LinkSent({ email, onAgain }: { email: string; onAgain: () => void }) {
  const { sendsMail } = useInstance()
  return (
    <Door
      title={sendsMail ? 'Look into your mail' : 'Ask an operator for the link'}
      state={`If an account has verified ${email}, a link ${sendsMail ? 'is on its way there' : 'was made for it'}.`}
    >
      <Stack align="flex-start">
        <Text size="sm">
          {sendsMail
            ? 'It works for one hour, and once. Nothing there? Look among the unwanted mail.'
            : 'This hub has no mail server: an operator finds the mail in the outbox and can hand you the link.'}
        </Text>
        <Button onClick={onAgain}>Try another address</Button>
      </Stack>
    </Door>
  )
}

function SetPassword({ token }: { token: string }) {
  // Every session of the account has ended, this browser's as well.
  const reset = useChange(users.resetPassword, sessionChanged)
  const { values, field, rest } = useFields({ password: '' }, reset.error)
  if (reset.isSuccess) {
    return (
      <Door title="The password is set" state="You were signed out everywhere. Sign in with the new password.">
        <ButtonTo to="/login" variant="filled">
          Sign in
        </ButtonTo>
      </Door>
    )
  }
  return (
    <Door title="Set a new password" state="It ends every session of the account, here and elsewhere.">
      <Form
        label="Set a new password"
        error={reset.error}
        rest={rest}
        onSubmit={() => reset.mutate({ body: { token, ...values } })}
      >
        <NewPasswordField label="New password" autoFocus {...field('password')} />
        <Button type="submit" variant="filled" loading={reset.isPending}>
          Set the password
        </Button>
        {reset.isError && (
          <LinkTo to="/password-reset" size="sm">
            Ask for a new link
          </LinkTo>
        )}
      </Form>
    </Door>
  )
}
