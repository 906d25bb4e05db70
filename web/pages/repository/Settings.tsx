import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type BodyOf, repos } from '../../../api/index.ts'
import { namespaceAddress, repoAddress } from '../../addresses.ts'
import { client, refresh, useChange } from '../../hub.ts'
import { ConfirmByTyping } from '../../pieces/ConfirmByTyping.tsx'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { useRepository } from '../../repository.ts'

interface Part {
  params: { repoType: 'models' | 'datasets' | 'spaces'; namespace: string; repo: string }
  row: repos.Repository
}

/** The settings of the open repository. */
export function Page() {
  const { params, row } = useRepository()
  return <RepositorySettings params={params} row={row as repos.Repository} />
}

/** What may be changed about a repository, by those who may: who reads it, its name, its end. */
function RepositorySettings({ params, row }: Part) {
  const may = new Set(row.may)
  if (!may.has('repo.updateSettings') && !may.has('repo.delete')) return null
  return (
    <Stack gap="lg" component="section" aria-label="Settings">
      <Title order={2} size="h4">
        Settings
      </Title>
      {may.has('repo.updateSettings') && <Readers params={params} row={row} />}
      {may.has('repo.move') && <Rename row={row} />}
      {may.has('repo.delete') && <Delete row={row} />}
    </Stack>
  )
}

function Readers({ params, row }: Part) {
  const [asked, setAsked] = useState(false)
  const change = useChange(repos.updateRepoSettings, (saved) => {
    showDone(`${row.id} is now ${saved.visibility}.`)
    setAsked(false)
  })
  const other = row.private ? 'public' : 'private'
  return (
    <Group>
      <Button onClick={() => setAsked(true)}>Make {other}…</Button>
      <Text size="sm" c="dimmed">
        It is {row.private ? 'private' : 'public'}.
      </Text>
      <ConfirmByTyping
        opened={asked}
        danger={!row.private}
        title={`Make ${row.id} ${other}?`}
        label={`Make ${row.id} ${other}`}
        busy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ params, body: { visibility: other } })}
        onClose={() => setAsked(false)}
      >
        <Text size="sm">
          {row.private
            ? 'Everybody who reaches this hub will be able to read it, signed in or not.'
            : 'Only those who have a role here, or in its resource group, will still be able to read it.'}
        </Text>
      </ConfirmByTyping>
    </Group>
  )
}

function Rename({ row }: { row: repos.Repository }) {
  const [name, setName] = useState('')
  const navigate = useNavigate()
  const move = useMutation({
    mutationFn: (body: BodyOf<typeof repos.moveRepo>) => client.call(repos.moveRepo, { body }),
    onSuccess: async (_, { toRepo }) => {
      await navigate({ to: repoAddress(row.type, toRepo), replace: true })
      showDone(`${row.id} is now ${toRepo}; the old name leads there.`)
      await refresh()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    move.mutate({ fromRepo: row.id, toRepo: `${row.author}/${name}`, type: row.type })
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="New name"
          description="The old name keeps leading here."
          value={name}
          maxLength={96}
          spellCheck={false}
          onChange={({ currentTarget }) => setName(currentTarget.value.trim())}
        />
        <Button type="submit" disabled={name === ''} loading={move.isPending}>
          Rename
        </Button>
      </Group>
      <ErrorNote error={move.error} />
    </form>
  )
}

function Delete({ row }: { row: repos.Repository }) {
  const [asked, setAsked] = useState(false)
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: () => client.call(repos.deleteRepo, { body: { name: row.id, type: row.type } }),
    onSuccess: async () => {
      await navigate({ to: namespaceAddress(row.author) })
      showDone(`${row.id} is deleted.`)
      await refresh()
    },
  })
  return (
    <Group>
      <Button color="red" variant="outline" onClick={() => setAsked(true)}>
        Delete {row.id}…
      </Button>
      <ConfirmByTyping
        opened={asked}
        title={`Delete ${row.id}?`}
        word={row.id}
        label={`Delete ${row.id}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsked(false)}
      >
        <Text size="sm">Everything in it is gone for everybody. This cannot be undone.</Text>
      </ConfirmByTyping>
    </Group>
  )
}
