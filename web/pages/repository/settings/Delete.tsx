import { Group, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { repos } from '../../../../api/index.ts'
import { useGo } from '../../../go.ts'
import { client, queryClient, refresh } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'

/** The end of the repository. */
export function Delete() {
  const { id, type, namespace } = useRepository()
  const [asked, setAsked] = useState(false)
  const go = useGo()
  const remove = useMutation({
    mutationFn: () => client.call(repos.deleteRepo, { body: { name: id, type } }),
    // Its pages are left before anything is read again, since they are gone.
    onSuccess: async () => {
      await go({ to: '/$name', params: { name: namespace } })
      showDone(`Deleted ${id}.`)
      queryClient.removeQueries({ type: 'inactive' })
      await refresh()
    },
  })
  return (
    <Block title="Delete repository" about="Permanently deletes all files, history, and large files.">
      <Group>
        <DangerButton onClick={() => setAsked(true)}>Delete {id}…</DangerButton>
      </Group>
      <ConfirmByTyping
        opened={asked}
        title={`Delete ${id}`}
        word={id}
        label={`Delete ${id}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsked(false)}
      >
        <Text size="sm">This deletes all files, history, and large files for everyone. This can’t be undone.</Text>
      </ConfirmByTyping>
    </Block>
  )
}
