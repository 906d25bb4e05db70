import { Stack, Text, TextInput } from '@mantine/core'
import { users } from '../../api/index.ts'
import { useApiForm } from '../form.ts'
import { useConfirmationAsked } from '../recent-sign-in.ts'
import { useAccount } from '../session.ts'
import { Dialog } from './Dialog.tsx'
import { ApiForm, PasswordField } from './Form.tsx'
import { DialogButtons, FormButtons } from './FormButtons.tsx'
import { ManagedSignIn } from './ManagedSignIn.tsx'

/** Asks for the password, and a code where 2FA is on, before something that takes a recent sign-in. */
export function ConfirmItsYou() {
  const answer = useConfirmationAsked()
  const account = useAccount()
  return (
    <Dialog
      opened={answer !== undefined && account !== null}
      onClose={() => answer?.(false)}
      title="Confirm it’s you"
      // The dialog whose button was pressed stays open.
      above
    >
      {answer && account?.managedBy && <Again organization={account.managedBy} onAnswer={answer} />}
      {answer && account?.managedBy === null && <Confirmation account={account} onAnswer={answer} />}
    </Dialog>
  )
}

// A managed account has no password: a new sign-in confirms it, and leads back here.
function Again({ organization, onAnswer }: { organization: string; onAnswer: (confirmed: boolean) => void }) {
  const here = window.location.pathname + window.location.search
  return (
    <Stack>
      <Text size="sm">Sign in with SSO again to confirm it’s you. Then repeat what you were doing.</Text>
      <DialogButtons onClose={() => onAnswer(false)}>
        <ManagedSignIn organization={organization} returnTo={here} again />
      </DialogButtons>
    </Stack>
  )
}

function Confirmation({ account, onAnswer }: { account: users.Account; onAnswer: (confirmed: boolean) => void }) {
  const form = useApiForm(users.confirmSession, {
    start: { password: '', code: '' },
    input: ({ password, code }) => ({
      body: account.twoFactorEnabled ? { password, code: code.trim() } : { password },
    }),
    after: () => onAnswer(true),
  })
  return (
    <ApiForm of={form} label="Confirm it’s you">
      <Text size="sm">You signed in more than 10 minutes ago. Enter your password to continue.</Text>
      <input type="hidden" name="username" autoComplete="username" value={account.name} readOnly />
      <PasswordField
        label={`Password for ${account.name}`}
        autoComplete="current-password"
        data-autofocus
        {...form.field('password')}
      />
      {account.twoFactorEnabled && (
        <TextInput
          label="Authentication code"
          description="From your authenticator app, or a recovery code."
          autoComplete="one-time-code"
          maxLength={64}
          spellCheck={false}
          required
          {...form.field('code')}
        />
      )}
      <FormButtons label="Confirm" busy={form.change.isPending} onClose={() => onAnswer(false)} />
    </ApiForm>
  )
}
