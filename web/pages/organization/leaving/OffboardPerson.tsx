import { Button, Group, Modal, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { offboardAddress } from '../../../addresses.ts'
import type { Org } from '../../../organization.ts'
import { Form } from '../../../pieces/Form.tsx'

/** The button that offboards someone by name: people with a grant or an invitation alone are in no list of members. */
export function OffboardPerson({ org }: { org: Org }) {
  const [opened, setOpened] = useState(false)
  if (!org.may.includes('member.offboard')) return null
  return (
    <>
      <Button onClick={() => setOpened(true)}>Offboard a person…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={`Offboard a person from ${org.name}`}>
        {opened && <NameForm org={org} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  )
}

function NameForm({ org, onClose }: { org: Org; onClose: () => void }) {
  const [user, setUser] = useState('')
  const navigate = useNavigate()
  const name = user.trim()
  const go = () => {
    if (name !== '') void navigate({ to: offboardAddress(org.name, name) })
  }
  return (
    <Form label="Offboard a person" onSubmit={go}>
      <Text size="sm">
        Members are offboarded from their menu in the list of members. Here you name people who are not members: they
        hold a grant on a repository, are invited, or ask to join.
      </Text>
      <TextInput
        label="User name"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        required
        data-autofocus
        value={user}
        onChange={({ currentTarget }) => setUser(currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled">
          See what they have
        </Button>
      </Group>
    </Form>
  )
}
