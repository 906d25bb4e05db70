import { Button, Group, Modal, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { users } from '../../api/index.ts'
import { useFields } from '../form.ts'
import { client } from '../hub.ts'
import { useConfirmationAsked } from '../recent-sign-in.ts'
import { useAccount } from '../session.ts'
import { Form, PasswordField } from './Form.tsx'

/** Asks for the password, and a code where 2FA is on, before something that takes a recent sign-in. */
export function ConfirmItsYou() {
  const answer = useConfirmationAsked()
  const account = useAccount()
  return (
    <Modal
      opened={answer !== undefined && account !== null}
      onClose={() => answer?.(false)}
      title="Confirm it’s you"
      // Above the dialog whose button was pressed. Escape is heard before that dialog hears it.
      zIndex={400}
      closeOnEscape={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {answer && account && <Confirmation account={account} onAnswer={answer} />}
    </Modal>
  )
}

function Confirmation({ account, onAnswer }: { account: users.Account; onAnswer: (confirmed: boolean) => void }) {
  const confirm = useMutation({
    mutationFn: (body: { password: string; code?: string }) => client.call(users.confirmSession, { body }),
    onSuccess: () => onAnswer(true),
  })
  const { values, field, rest } = useFields({ password: '', code: '' }, confirm.error)
  const { password, code } = values
  const body = account.twoFactorEnabled ? { password, code: code.trim() } : { password }
  return (
    <Form label="Confirm it’s you" error={confirm.error} rest={rest} onSubmit={() => confirm.mutate(body)}>
      <Text size="sm">You signed in more than 10 minutes ago. Enter your password to continue.</Text>
      <input type="hidden" name="username" autoComplete="username" value={account.name} readOnly />
      <PasswordField
        label={`Password of ${account.name}`}
        autoComplete="current-password"
        data-autofocus
        {...field('password')}
      />
      {account.twoFactorEnabled && (
        <TextInput
          label="Authentication code"
          description="From your authenticator app, or a recovery code."
          autoComplete="one-time-code"
          maxLength={64}
          spellCheck={false}
          required
          {...field('code')}
        />
      )}
      <Group justify="flex-end">
        <Button onClick={() => onAnswer(false)}>Cancel</Button>
        <Button type="submit" variant="filled" loading={confirm.isPending}>
          Confirm
        </Button>
      </Group>
    </Form>
  )
}
