import { Text } from '@mantine/core'
import { useState } from 'react'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { folderPage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'
import { folderOf, nameOf } from '../paths.ts'
import type { Base } from './base.ts'
import { CommitDialog } from './CommitDialog.tsx'

/** The button that deletes a file, and the dialog that asks for the commit. */
export function DeleteFile({ base, path }: { base: Base; path: string }) {
  const repository = useRepository()
  const [asked, setAsked] = useState(false)
  return (
    <>
      <DangerButton onClick={() => setAsked(true)}>Delete {nameOf(path)}…</DangerButton>
      {asked && (
        <CommitDialog
          base={base}
          title={`Delete ${path}`}
          label={`Delete ${nameOf(path)}`}
          suggestion={`Delete ${path}`}
          danger
          changes={() => [{ kind: 'deletedFile', path }]}
          then={folderPage(repository, 'tree', base.branch, folderOf(path))}
          onClose={() => setAsked(false)}
        >
          <Text size="sm">Deletes the file from {base.branch}. It stays in the history.</Text>
        </CommitDialog>
      )}
    </>
  )
}
