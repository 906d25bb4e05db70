import { Button, Text } from '@mantine/core'
import { users } from '../../../api/index.ts'
import { useApiForm } from '../../form.ts'
import { invitationIn, mailedWith } from '../../mailed-invitation.ts'
import { ApiForm } from '../../pieces/Form.tsx'
import { GoTo } from '../../pieces/GoTo.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { AccountFields, checkAccount, newAccountBody, noAccount } from './AccountFields.tsx'
import { Door, GoOn, useNext } from './Door.tsx'

/** Making an account. */
export function Page() {
  const { account, needsSetup, name, signUp } = useInstance()
  const next = useNext()
  if (account) return <GoOn to={next} />
  if (needsSetup) return <GoTo to="/setup" />
  // Who comes from an invitation shows it: where only invited people may sign up, it is what lets them.
  const invitation = invitationIn(next)
  if (signUp !== 'open' && !(signUp === 'invited' && invitation)) {
    return (
      <Door title="Sign up" state="Only site admins can create accounts here. Ask one to create yours.">
        <ButtonTo to="/login">Sign in</ButtonTo>
      </Door>
    )
  }
  return (
    <Door title="Sign up" state={`Create your account on ${name}.`}>
      <NewAccountForm next={next} invitation={invitation} />
    </Door>
  )
}

function NewAccountForm({ next, invitation }: { next: string; invitation: string | undefined }) {
  const { sendsMail } = useInstance()
  const mailed = mailedWith(invitation)
  const isProven = (email: string) => mailed !== undefined && email.trim().toLowerCase() === mailed.email.toLowerCase()
  const form = useApiForm(users.signUp, {
    start: { ...noAccount, email: mailed?.email ?? '' },
    input: (values) => ({
      body: {
        ...newAccountBody(values),
        ...(invitation && { invitation }),
        ...(mailed && isProven(values.email) && { proof: mailed.proof }),
      },
    }),
    check: checkAccount,
    after: sessionChanged,
  })
  const { values, field, change } = form
  return (
    <ApiForm of={form} label="Sign up">
      <AccountFields values={values} field={field} isProven={isProven(values.email)} />
      <Button type="submit" variant="filled" loading={change.isPending}>
        Create account
      </Button>
      {!isProven(values.email) && (
        <Text size="sm" c="dimmed">
          {howToVerify(sendsMail)}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        Already have an account?{' '}
        <LinkTo to="/login" next={next} inherit>
          Sign in
        </LinkTo>
      </Text>
    </ApiForm>
  )
}

function howToVerify(sendsMail: boolean): string {
  return sendsMail
    ? 'We’ll email you a link to verify your address.'
    : 'This instance has no mail server. Ask a site admin for the link that verifies your address.'
}
