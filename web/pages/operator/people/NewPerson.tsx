import { Button, Checkbox, Group, Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { operator } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { whyNotAName } from '../../../names.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form, NewPasswordField } from '../../../pieces/Form.tsx'

/** Creates an account for someone. */
export function NewPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="New account">
      {opened && <PersonForm onClose={onClose} />}
    </Modal>
  )
}

const blank = { username: '', fullname: '', email: '', password: '' }

function PersonForm({ onClose }: { onClose: () => void }) {
  const create = useChange(operator.createPerson, ({ name }) => {
    restart(operator.listPeople)
    showDone(`Account ${name} created.`)
    onClose()
  })
  const { values, field, rest } = useFields(blank, create.error)
  const [isOperator, setIsOperator] = useState(false)
  const username = field('username')
  const wrong = values.username === '' ? undefined : whyNotAName(values.username)
  const optional = {
    ...(values.fullname.trim() && { fullname: values.fullname.trim() }),
    ...(values.password && { password: values.password }),
    ...(isOperator && { operator: true }),
  }
  const submit = () =>
    wrong ?? create.mutate({ body: { username: values.username.trim(), email: values.email.trim(), ...optional } })
  return (
    <Form label="New account" error={create.error} rest={rest} onSubmit={submit}>
      <TextInput
        label="Username"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={42}
        required
        data-autofocus
        {...username}
        error={wrong ?? username.error}
      />
      <TextInput label="Full name" autoComplete="off" maxLength={100} {...field('fullname')} />
      <TextInput
        label="Email address"
        description="Counts as verified."
        type="email"
        autoComplete="off"
        maxLength={254}
        required
        {...field('email')}
      />
      <NewPasswordField
        description="Leave blank to send an email with a link to set it."
        required={false}
        {...field('password')}
      />
      <Checkbox
        label="Site admin"
        description="Can manage the instance and all accounts."
        checked={isOperator}
        onChange={(event) => setIsOperator(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={create.isPending}>
          Create account
        </Button>
      </Group>
    </Form>
  )
}
