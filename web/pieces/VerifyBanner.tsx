import { Button, Group, Text } from '@mantine/core'
import { emails } from '../../api/index.ts'
import { useChange, useMaybe } from '../hub.ts'
import { useAccount, useInstance } from '../session.ts'
import { whereTheLinkIs } from '../words.ts'
import { showDone, showError } from './ErrorNote.tsx'
import { ButtonTo, LinkTo } from './LinkTo.tsx'
import classes from './VerifyBanner.module.css'

/** Reminds users without a verified address, on every page, and sends the mail again. */
export function VerifyBanner() {
  const account = useAccount()
  if (!account || account.emailVerified) return null
  return account.email ? <Reminder email={account.email} isOperator={account.isOperator} /> : <NoAddress />
}

const limits = 'Until then, you can’t create, push, or join anything.'

function NoAddress() {
  return (
    <Group className={classes.banner} role="status" gap="sm" justify="space-between">
      <Text size="sm" flex="1 1 16rem">
        Your account has no email address. Add one and verify it. {limits}
      </Text>
      <ButtonTo size="xs" to="/settings/account">
        Add email address
      </ButtonTo>
    </Group>
  )
}

function Reminder({ email, isOperator }: { email: string; isOperator: boolean }) {
  const { sendsMail } = useInstance()
  const { data: addresses = [] } = useMaybe(emails.listEmails, {})
  const resend = useChange(emails.resendVerification, () => showDone(`Verification email sent to ${email}.`))
  const id = addresses.find(({ address }) => address === email)?.id
  return (
    <Group className={classes.banner} role="status" gap="sm" justify="space-between">
      <Text size="sm" flex="1 1 16rem">
        Verify {email}.{' '}
        {isOperator && !sendsMail ? (
          <>
            This instance can’t send email. The link is in the{' '}
            <LinkTo to="/operator/outbox" inherit>
              outbox
            </LinkTo>
            .
          </>
        ) : (
          whereTheLinkIs(sendsMail)
        )}{' '}
        {limits}
      </Text>
      {sendsMail && (
        <Button
          size="xs"
          disabled={id === undefined}
          loading={resend.isPending}
          onClick={() => id && resend.mutate({ params: { id } }, { onError: showError })}
        >
          Resend email
        </Button>
      )}
    </Group>
  )
}
