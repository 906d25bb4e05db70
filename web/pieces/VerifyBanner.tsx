import { Button, Group, Text } from '@mantine/core'
import { emails } from '../../api/index.ts'
import { useChange, useMaybe } from '../hub.ts'
import { useAccount, useInstance } from '../session.ts'
import { showDone, showError } from './ErrorNote.tsx'
import { LinkTo } from './LinkTo.tsx'
import classes from './VerifyBanner.module.css'

/** Reminds users without a verified address, on every page, and sends the mail again. */
export function VerifyBanner() {
  const account = useAccount()
  if (!account || account.emailVerified || !account.email) return null
  return <Reminder email={account.email} isOperator={account.isOperator} />
}

function Reminder({ email, isOperator }: { email: string; isOperator: boolean }) {
  const { sendsMail } = useInstance()
  const { data: addresses = [] } = useMaybe(emails.listEmails, {})
  const resend = useChange(emails.resendVerification, () => showDone(`The mail to ${email} is on its way.`))
  const id = addresses.find(({ address }) => address === email)?.id
  return (
    <Group className={classes.banner} role="status" gap="sm" justify="space-between">
      <Text size="sm" flex="1 1 16rem">
        {email} is not verified yet: open the link in the mail to it. Until then you cannot create organizations.{' '}
        {!sendsMail && !isOperator && 'This hub has no mail server; an operator finds the mail in the outbox.'}
        {!sendsMail && isOperator && (
          <>
            This hub has no mail server; the mail is in the{' '}
            <LinkTo to="/operator/outbox" inherit>
              outbox
            </LinkTo>
            .
          </>
        )}
      </Text>
      <Button
        size="xs"
        disabled={id === undefined}
        loading={resend.isPending}
        onClick={() => id && resend.mutate({ params: { id } }, { onError: showError })}
      >
        Send again
      </Button>
    </Group>
  )
}
