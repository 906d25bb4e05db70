import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { repos } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'

/** Who may read the repository: everybody, or those with a role or a grant. */
export function Visibility({ reason }: { reason: string | undefined }) {
  const { id, row, params } = useRepository()
  const [asked, setAsked] = useState(false)
  const change = useChange(repos.updateRepoSettings, (saved) => {
    showDone(`${id} is now ${saved.visibility}.`)
    setAsked(false)
  })
  const other = row.private ? 'public' : 'private'
  return (
    <Block title="Visibility" about={`This repository is ${row.private ? 'private' : 'public'}. ${readersOf(row)}`}>
      {reason === undefined ? (
        <Group>
          <Button onClick={() => setAsked(true)}>Make {other}…</Button>
        </Group>
      ) : (
        <Text size="sm">{reason}</Text>
      )}
      <ConfirmByTyping
        opened={asked}
        danger={row.private === true}
        title={`Make ${id} ${other}`}
        label={`Make ${other}`}
        busy={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate({ params, body: { visibility: other } })}
        onClose={() => setAsked(false)}
      >
        <Text size="sm">
          {row.private
            ? madePublic(row.gated)
            : `${readersOf({ ...row, private: true })} Others lose access immediately.`}
        </Text>
      </ConfirmByTyping>
    </Block>
  )
}

function madePublic(isGated: unknown): string {
  return isGated
    ? 'Anyone can read its card, even without signing in. To get the files, people request access.'
    : 'Anyone can read this repository with its full history, even without signing in.'
}

function readersOf(row: {
  private?: boolean | undefined
  gated?: unknown
  resourceGroup?: { name: string } | null | undefined
}): string {
  if (!row.private) return row.gated ? 'Anyone can read its card. The files are gated.' : 'Anyone can read it.'
  return row.resourceGroup
    ? `Members of ${row.resourceGroup.name}, admins, and collaborators can read it.`
    : 'Members with the read role or higher and collaborators can read it.'
}
