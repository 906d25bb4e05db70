import { Button, Group, Modal, Radio, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { tokens } from '../../../../api/index.ts'
import { problemAt, useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { Form } from '../../../pieces/Form.tsx'
import { inDays } from './expiry.ts'
import { Secret } from './Secret.tsx'

/** Creates a token, and shows its secret once. */
export function NewToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const create = useChange(tokens.createToken)
  const secret = create.data?.token
  const close = () => {
    onClose()
    create.reset()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="lg"
      title={secret === undefined ? 'New access token' : `The token ${create.data?.name}`}
      // The secret is not lost to a click beside the dialog.
      closeOnClickOutside={secret === undefined}
      closeOnEscape={secret === undefined}
    >
      {secret === undefined ? (
        <TokenForm error={create.error} busy={create.isPending} onSubmit={(body) => create.mutate({ body })} />
      ) : (
        <Secret token={secret} onDone={close} />
      )}
    </Modal>
  )
}

type Role = 'read' | 'write'

const lifetimes = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Never' },
]

interface Wish {
  name: string
  role: Role
  expiresAt: string | null
}

function TokenForm(props: { error: unknown; busy: boolean; onSubmit: (wish: Wish) => void }) {
  const { values, field, rest } = useFields({ name: '' }, props.error)
  const [role, setRole] = useState<Role>('read')
  const [days, setDays] = useState('90')
  const submit = () =>
    props.onSubmit({ name: values.name.trim(), role, expiresAt: days === '' ? null : inDays(Number(days)) })
  return (
    <Form label="New access token" error={props.error} rest={rest} onSubmit={submit}>
      <TextInput
        label="Name"
        description="What it is for, or where it is kept: “laptop”, “nightly training”."
        maxLength={100}
        autoComplete="off"
        required
        data-autofocus
        {...field('name')}
      />
      <Radio.Group
        label="What it may do"
        value={role}
        onChange={(value) => setRole(value === 'write' ? 'write' : 'read')}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="read" label="Read" description="Sees what you see, and changes nothing." />
          <Radio value="write" label="Write" description="Does what you may do: repositories, members, settings." />
        </Stack>
      </Radio.Group>
      <Select
        label="Expires in"
        data={lifetimes}
        value={days}
        allowDeselect={false}
        error={problemAt(props.error, 'expiresAt')}
        onChange={(value) => setDays(value ?? '90')}
      />
      <Group justify="flex-end">
        <Button type="submit" variant="filled" loading={props.busy}>
          Create the token
        </Button>
      </Group>
    </Form>
  )
}
