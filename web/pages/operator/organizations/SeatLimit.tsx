import { Button, Group, Modal, NumberInput, Text } from '@mantine/core'
import { useState } from 'react'
import { operator } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { problemAt } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { counted } from '../../../words.ts'
import type { OperatorOrganization } from './columns.tsx'

interface Asked {
  organization: OperatorOrganization
  onClose: () => void
}

/** Sets the seat limit of an organization. */
export function SeatLimit({ organization, onClose }: Asked) {
  const { name, seatLimit, members } = organization
  const [typed, setTyped] = useState<number | string>(seatLimit ?? '')
  const change = useChange(operator.updateOrganizationPlan, (changed) => {
    patchRows<OperatorOrganization>(operator.listOrganizations, (row) => (row.id === changed.id ? changed : row))
    showDone(sayLimit(changed))
    onClose()
  })
  const wanted = typed === '' ? null : Number(typed)
  const submit = () => change.mutate({ params: { org: name }, body: { seatLimit: wanted } })
  const problem = problemAt(change.error, 'seatLimit')
  return (
    <Modal opened onClose={onClose} title={`Seat limit of ${name}`}>
      <Form
        label={`Seat limit of ${name}`}
        error={change.error}
        rest={problem ? undefined : change.error}
        onSubmit={submit}
      >
        <NumberInput
          label="Seat limit"
          description="Leave blank for no limit."
          placeholder="No limit"
          min={0}
          max={1_000_000}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          value={typed}
          error={problem}
          onChange={setTyped}
          data-autofocus
        />
        <Text size="sm">
          {name} has {counted(members, 'member')}. On paid plans, pending invitations also use seats.
          {wanted !== null && wanted <= members && ' No one is removed, but new people can’t join.'}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={change.isPending} disabled={wanted === seatLimit}>
            {wanted === null ? 'Remove limit' : 'Set limit'}
          </Button>
        </Group>
      </Form>
    </Modal>
  )
}

function sayLimit({ name, seatLimit }: OperatorOrganization): string {
  return seatLimit === null ? `${name} has no seat limit.` : `${name} can use ${counted(seatLimit, 'seat')}.`
}
