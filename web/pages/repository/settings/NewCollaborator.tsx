import { Autocomplete, Button, Group, NativeSelect, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { collaborators, repos } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useMaybe } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { useRepository } from '../../../repository.ts'
import { ends, momentOf } from './ends.ts'

/** Gives someone access, by username. */
export function NewCollaborator({ onDone }: { onDone: () => void }) {
  const { id, params } = useRepository()
  const form = useApiForm(collaborators.setCollaborator, {
    start: { username: '', role: 'read' as collaborators.CollaboratorRole, expiresAt: '' },
    input: ({ username, role, expiresAt: days }) => ({
      params: { ...params, username: username.trim() },
      body: { role, expiresAt: momentOf(days) },
    }),
    after: (saved) => {
      showDone(`${saved.user} now has ${saved.role} access to ${id}.`)
      onDone()
    },
    clears: true,
  })
  const user = form.values.username.trim()
  const people = usePeople(user)
  return (
    <ApiForm of={form} label="Add collaborator">
      <Stack gap="xs">
        <Group gap="sm" align="flex-end">
          <Autocomplete
            label="Add collaborator"
            placeholder="Username"
            flex="1 1 14rem"
            data={people}
            filter={({ options }) => options}
            maxLength={100}
            autoComplete="off"
            {...form.field('username')}
          />
          <NativeSelect label="Access" w={110} data={collaborators.CollaboratorRole.options} {...form.field('role')} />
          <NativeSelect label="Expires" w={140} data={ends} {...form.field('expiresAt')} />
          <Button type="submit" variant="filled" disabled={user === ''} loading={form.change.isPending}>
            Add {user}
          </Button>
        </Group>
      </Stack>
    </ApiForm>
  )
}

function usePeople(words: string): string[] {
  const [asked] = useDebouncedValue(words.trim(), 150)
  const { data } = useMaybe(repos.quickSearch, asked === '' ? undefined : { query: { q: asked } })
  return (data?.people ?? []).map(({ name }) => name)
}
