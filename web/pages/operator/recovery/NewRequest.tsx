import { Button, Group, Modal, Text, Textarea, TextInput } from '@mantine/core'
import { recovery } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'

interface Asked {
  opened: boolean
  organization: string | undefined
  onClose: () => void
}

/** Opens a recovery request for an organization without active admins. */
export function NewRecoveryRequest({ opened, organization, onClose }: Asked) {
  return (
    <Modal opened={opened} onClose={onClose} title="New recovery request">
      {opened && <RecoveryRequestForm organization={organization} onClose={onClose} />}
    </Modal>
  )
}

function RecoveryRequestForm({ organization = '', onClose }: Omit<Asked, 'opened'>) {
  const begin = useChange(recovery.requestRecoveryAsOperator, (recoveryRequest) => {
    restart(recovery.listRecoveries)
    showDone(`Recovery request for ${recoveryRequest.organization} opened.`)
    onClose()
  })
  const { values, field, rest } = useFields({ org: organization, username: '', reason: '' }, begin.error)
  const submit = () =>
    begin.mutate({
      params: { org: values.org.trim() },
      body: { username: values.username.trim(), reason: values.reason.trim() },
    })
  return (
    <Form label="New recovery request" error={begin.error} rest={rest} onSubmit={submit}>
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
      <Group justify="flex-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={begin.isPending}>
          Open recovery request
        </Button>
      </Group>
    </Form>
  )
}
