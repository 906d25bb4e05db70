import { Button, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useGo } from '../../../go.ts'
import type { Org } from '../../../organization.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'

/** The button that offboards a person by name: non-members with access are in no list of members. */
export function OffboardPerson({ org }: { org: Org }) {
  const [opened, setOpened] = useState(false)
  if (!org.may.includes('member.offboard')) return null
  return (
    <>
      <Button onClick={() => setOpened(true)}>Offboard a person…</Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={`Offboard a person from ${org.name}`}>
        {opened && <NameForm org={org} onClose={() => setOpened(false)} />}
      </Dialog>
    </>
  )
}

function NameForm({ org, onClose }: { org: Org; onClose: () => void }) {
  const [user, setUser] = useState('')
  const go = useGo()
  const name = user.trim()
  const open = () => {
    if (name !== '')
      void go({ to: '/organizations/$org/settings/members/$user/offboard', params: { org: org.name, user: name } })
  }
  return (
    <Form label="Offboard a person" onSubmit={open}>
      <Text size="sm">
        To offboard a member, use their menu on the members page. Here you can offboard non-members: outside
        collaborators, invited people, and people who requested to join.
      </Text>
      <TextInput
        label="Username"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        required
        data-autofocus
        value={user}
        onChange={({ currentTarget }) => setUser(currentTarget.value)}
      />
      <FormButtons label="Continue" busy={false} disabled={name === ''} onClose={onClose} />
    </Form>
  )
}
