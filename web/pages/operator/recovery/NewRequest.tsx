import { Text, Textarea, TextInput } from '@mantine/core'
import { recovery } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useApiForm } from '../../../form.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'

interface Asked {
  opened: boolean
  organization: string | undefined
  onClose: () => void
}

/** Opens a recovery request for an organization without active admins. */
export function NewRecoveryRequest({ opened, organization, onClose }: Asked) {
  return (
    <Dialog opened={opened} onClose={onClose} title="New recovery request">
      {opened && <RecoveryRequestForm organization={organization} onClose={onClose} />}
    </Dialog>
  )
}

function RecoveryRequestForm({ organization = '', onClose }: Omit<Asked, 'opened'>) {
  const form = useApiForm(recovery.requestRecoveryAsOperator, {
    start: { org: organization, username: '', reason: '' },
    input: ({ org, username, reason }) => ({
      params: { org: org.trim() },
      body: { username: username.trim(), reason: reason.trim() },
    }),
    after: (recoveryRequest) => {
      restart(recovery.listRecoveries)
      showDone(`Recovery request for ${recoveryRequest.organization} opened.`)
      onClose()
    },
  })
  const { field } = form
  return (
    <ApiForm of={form} label="New recovery request">
      <Text size="sm">
        For an organization that its members can’t recover. A second site admin must approve. It takes effect after 72
        hours, or immediately if no admin is left who could object. Its admins, its members with write or higher, and
        site admins get an email.
      </Text>
      <TextInput
        label="Organization"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        required
        {...field('org')}
      />
      <TextInput
        label="New admin"
        description="Username of an account with a verified email address."
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        required
        data-autofocus={organization !== '' || undefined}
        {...field('username')}
      />
      <Textarea
        label="Reason"
        description="How you verified their identity, and why members can’t recover the organization. Shown in the audit log and in emails."
        autosize
        minRows={3}
        maxRows={8}
        maxLength={1000}
        required
        {...field('reason')}
      />
      <FormButtons label="Open recovery request" busy={form.change.isPending} onClose={onClose} />
    </ApiForm>
  )
}
