import { Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { operator, type Plan, plans } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { problemAt, useFields } from '../../../form.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { whyNotAName } from '../../../names.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { useAccount } from '../../../session.ts'

/** Creates an organization for someone. */
export function NewOrganization({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="New organization">
      {opened && <OrganizationForm onClose={onClose} />}
    </Modal>
  )
}

function OrganizationForm({ onClose }: { onClose: () => void }) {
  const you = useAccount()?.name ?? ''
  const { data: settings } = useMaybe(operator.getInstanceSettings, {})
  const create = useChange(operator.createOrganizationFor, ({ name }) => {
    restart(operator.listOrganizations)
    showDone(`Organization ${name} created.`)
    onClose()
  })
  const { values, field, rest } = useFields({ name: '', fullname: '', admin: you }, create.error)
  const [plan, setPlan] = useState<Plan>()
  const name = field('name')
  const wrong = values.name === '' ? undefined : whyNotAName(values.name)
  const optional = { ...(values.fullname.trim() && { fullname: values.fullname.trim() }), ...(plan && { plan }) }
  const submit = () =>
    wrong ?? create.mutate({ body: { name: values.name.trim(), admin: values.admin.trim(), ...optional } })
  return (
    <Form label="New organization" error={create.error} rest={rest} onSubmit={submit}>
      <TextInput
        label="Name"
        description={`URL: ${location.origin}/${values.name || 'name'}`}
        autoComplete="off"
        spellCheck={false}
        maxLength={42}
        required
        data-autofocus
        {...name}
        error={wrong ?? name.error}
      />
      <TextInput label="Full name" autoComplete="off" maxLength={100} {...field('fullname')} />
      <TextInput
        label="First admin"
        description="Username of an account with a verified email address."
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        required
        {...field('admin')}
      />
      <Select
        label="Plan"
        description={settings ? `Default: ${settings.defaultPlan}` : undefined}
        data={[...plans]}
        value={plan ?? settings?.defaultPlan ?? null}
        allowDeselect={false}
        error={problemAt(create.error, 'plan')}
        onChange={(value) => setPlan(plans.find((known) => known === value))}
      />
      <Group justify="flex-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={create.isPending}>
          Create organization
        </Button>
      </Group>
    </Form>
  )
}
