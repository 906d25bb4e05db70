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

/** Sets how many seats an organization may take, or that there is no limit. */
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
    <Modal opened onClose={onClose} title={`Seats of ${name}`}>
      <Form label={`Seats of ${name}`} error={change.error} rest={problem ? undefined : change.error} onSubmit={submit}>
        <NumberInput
          label="Seats at most"
          description="Empty: as many as they like."
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
          {counted(members, 'member')} are in {name} now; on paid plans pending invitations take a seat as well.
          {wanted !== null && wanted <= members && ' This limit removes no members, but the next person can’t join.'}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={change.isPending} disabled={wanted === seatLimit}>
            {wanted === null ? `No limit for ${name}` : `Limit ${name} to ${counted(wanted, 'seat')}`}
          </Button>
        </Group>
      </Form>
    </Modal>
  )
}

function sayLimit({ name, seatLimit }: OperatorOrganization): string {
  return seatLimit === null ? `${name} has no limit on its seats.` : `${name} may take ${counted(seatLimit, 'seat')}.`
}
