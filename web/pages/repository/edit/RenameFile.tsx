import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { files } from '../../../../api/index.ts'
import { filePage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'
import { readFile } from '../content.ts'
import { nameOf } from '../paths.ts'
import type { Base } from './base.ts'
import { CommitDialog } from './CommitDialog.tsx'
import type { Change } from './commit.ts'
import { takenAt } from './taken.ts'
import { whyNotAPath } from './whyNotAPath.ts'

/** The button that renames a file whose content stays as it is, and the dialog that asks for the commit. */
export function RenameFile({ base, entry }: { base: Base; entry: files.TreeEntry }) {
  const repository = useRepository()
  const [asked, setAsked] = useState(false)
  const [path, setPath] = useState(entry.path)
  const [problem, setProblem] = useState<string>()
  const changes = async (): Promise<Change[] | undefined> => {
    const found = whyNotAPath(path) ?? (await takenAt(repository, base)(path))
    setProblem(found)
    if (found !== undefined) return undefined
    const { lfs } = entry
    const written: Change = lfs
      ? { kind: 'lfsFile', path, oid: lfs.oid, size: lfs.size }
      : {
          kind: 'file',
          path,
          content: new Blob([(await readFile(repository, base.head ?? '', entry.path)) as BlobPart]),
        }
    return [{ kind: 'deletedFile', path: entry.path }, written]
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>Rename {nameOf(entry.path)}…</Button>
      {asked && (
        <CommitDialog
          base={base}
          title={`Rename ${entry.path}`}
          label={`Rename ${nameOf(entry.path)}`}
          suggestion={`Rename ${entry.path} to ${path}`}
          waiting={path === entry.path || path === ''}
          changes={changes}
          then={filePage(repository, 'blob', base.branch, path)}
          onClose={() => setAsked(false)}
        >
          <TextInput
            label="New path"
            value={path}
            error={problem}
            spellCheck={false}
            autoComplete="off"
            data-autofocus
            onChange={({ currentTarget }) => {
              setProblem(undefined)
              setPath(currentTarget.value)
            }}
          />
        </CommitDialog>
      )}
    </>
  )
}
