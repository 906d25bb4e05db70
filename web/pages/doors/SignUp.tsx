import { Button, Text } from '@mantine/core'
import { users } from '../../../api/index.ts'
import { useFields } from '../../form.ts'
import { useChange } from '../../hub.ts'
import { invitationIn, mailedWith } from '../../mailed-invitation.ts'
import { Form } from '../../pieces/Form.tsx'
import { GoTo } from '../../pieces/GoTo.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { AccountFields, newAccountBody, noAccount, whyNotYet } from './AccountFields.tsx'
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
      <Door title="Sign up" state="Operators make the accounts here. Ask one of them for yours.">
        <ButtonTo to="/login">Sign in</ButtonTo>
      </Door>
    )
  }
  return (
    <Door title="Sign up" state={`An account at ${name}: with it you create organizations, and join those of others.`}>
      <NewAccountForm next={next} invitation={invitation} />
    </Door>
  )
}

function NewAccountForm({ next, invitation }: { next: string; invitation: string | undefined }) {
  const { sendsMail } = useInstance()
  const create = useChange(users.signUp, sessionChanged)
  const mailed = mailedWith(invitation)
  const { values, field, rest } = useFields({ ...noAccount, email: mailed?.email ?? '' }, create.error)
  const wrong = whyNotYet(values)
  const isProven = mailed !== undefined && values.email.trim().toLowerCase() === mailed.email.toLowerCase()
  const came = { ...(invitation && { invitation }), ...(isProven && { proof: mailed.proof }) }
  return (
    <Form
      label="Sign up"
      error={create.error}
      rest={rest}
      onSubmit={() => wrong === undefined && create.mutate({ body: { ...newAccountBody(values), ...came } })}
    >
      <AccountFields values={values} field={field} isProven={isProven} />
      <Button type="submit" variant="filled" loading={create.isPending}>
        Create the account
      </Button>
      <Text size="sm" c="dimmed">
        {!isProven && howToVerify(sendsMail)} Have an account already?{' '}
        <LinkTo to="/login" next={next} inherit>
          Sign in
        </LinkTo>
      </Text>
    </Form>
  )
}

function howToVerify(sendsMail: boolean): string {
  return sendsMail
    ? 'A mail will ask you to verify the address.'
    : 'This instance has no mail server. A site admin gives you the link that verifies the address.'
}
