import { Autocomplete, Button, Group, NativeSelect, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { collaborators, repos } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { useRepository } from '../../../repository.ts'
import { ends, momentOf } from './ends.ts'

/** Gives someone a grant, by user name. */
export function NewCollaborator({ onDone }: { onDone: () => void }) {
  const { id, params } = useRepository()
  const [user, setUser] = useState('')
  const [role, setRole] = useState<collaborators.CollaboratorRole>('read')
  const [days, setDays] = useState('')
  const people = usePeople(user)
  const add = useChange(collaborators.setCollaborator, (saved) => {
    showDone(`${saved.user} may ${saved.role} ${id} now.`)
    setUser('')
    onDone()
  })
  const submit = () =>
    add.mutate({ params: { ...params, username: user.trim() }, body: { role, expiresAt: momentOf(days) } })
  return (
    <Form label="Give a grant" error={add.error} onSubmit={submit}>
      <Stack gap="xs">
        <Group gap="sm" align="flex-end">
          <Autocomplete
            label="Add a person"
            placeholder="User name"
            flex="1 1 14rem"
            data={people}
            filter={({ options }) => options}
            value={user}
            maxLength={100}
            autoComplete="off"
            onChange={(value) => {
              add.reset()
              setUser(value)
            }}
          />
          <NativeSelect
            label="May"
            w={110}
            data={collaborators.CollaboratorRole.options}
            value={role}
            onChange={({ currentTarget }) => setRole(currentTarget.value === 'write' ? 'write' : 'read')}
          />
          <NativeSelect
            label="Ends"
            w={140}
            data={ends}
            value={days}
            onChange={({ currentTarget }) => setDays(currentTarget.value)}
          />
          <Button type="submit" variant="filled" disabled={user.trim() === ''} loading={add.isPending}>
            Add {user.trim()}
          </Button>
        </Group>
        <ErrorNote error={add.error} />
      </Stack>
    </Form>
  )
}

function usePeople(words: string): string[] {
  const [asked] = useDebouncedValue(words.trim(), 150)
  const { data } = useMaybe(repos.quickSearch, asked === '' ? undefined : { query: { q: asked } })
  return (data?.people ?? []).map(({ name }) => name)
}
