import { NumberInput, Text } from '@mantine/core'
import { operator } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useApiForm } from '../../../form.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { counted } from '../../../words.ts'
import type { OperatorOrganization } from './columns.tsx'

interface Asked {
  organization: OperatorOrganization
  onClose: () => void
}

/** Sets the seat limit of an organization. */
export function SeatLimit({ organization, onClose }: Asked) {
  const { name, seatLimit, members } = organization
  const form = useApiForm(operator.updateOrganizationPlan, {
    start: { seatLimit: (seatLimit ?? '') as number | string },
    input: ({ seatLimit: typed }) => ({ params: { org: name }, body: { seatLimit: limitOf(typed) } }),
    after: (changed) => {
      patchRows<OperatorOrganization>(operator.listOrganizations, (row) => (row.id === changed.id ? changed : row))
      showDone(sayLimit(changed))
      onClose()
    },
  })
  const wanted = limitOf(form.values.seatLimit)
  return (
    <Dialog opened onClose={onClose} title={`Seat limit of ${name}`}>
      <ApiForm of={form} label={`Seat limit of ${name}`}>
        <NumberInput
          label="Seat limit"
          description="Leave blank for no limit."
          placeholder="No limit"
          min={0}
          max={1_000_000}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          data-autofocus
          {...form.field('seatLimit')}
        />
        <Text size="sm">
          {name} has {counted(members, 'member')}. On paid plans, pending invitations also use seats.
          {wanted !== null && wanted <= members && ' No one is removed, but new people can’t join.'}
        </Text>
        <FormButtons
          label={wanted === null ? 'Remove limit' : 'Set limit'}
          disabled={wanted === seatLimit}
          busy={form.change.isPending}
          onClose={onClose}
        />
      </ApiForm>
    </Dialog>
  )
}

function limitOf(typed: number | string): number | null {
  return typed === '' ? null : Number(typed)
}

function sayLimit({ name, seatLimit }: OperatorOrganization): string {
  return seatLimit === null ? `${name} has no seat limit.` : `${name} can use ${counted(seatLimit, 'seat')}.`
}
