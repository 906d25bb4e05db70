import { Button, Group } from '@mantine/core'
import { users } from '../../../../api/index.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { Form, PasswordField } from '../../../pieces/Form.tsx'

/** Makes new recovery codes; the old ones stop working. */
export function RenewCodes({ onDone, onCancel }: { onDone: (codes: string[]) => void; onCancel: () => void }) {
  const renew = useChange(users.renewRecoveryCodes, ({ recoveryCodes }) => onDone(recoveryCodes))
  const { values, field, rest } = useFields({ currentPassword: '' }, renew.error)
  return (
    <Form
      label="Make new recovery codes"
      error={renew.error}
      rest={rest}
      onSubmit={() => renew.mutate({ body: values })}
    >
      <PasswordField
        label="Your password"
        description="The recovery codes you have now stop working."
        autoComplete="current-password"
        autoFocus
        {...field('currentPassword')}
      />
      <Group gap="xs">
        <Button type="submit" variant="filled" loading={renew.isPending}>
          Make new codes
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </Group>
    </Form>
  )
}
