import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { files } from '../../../../api/index.ts'
import { client } from '../../../hub.ts'
import { Empty } from '../../../pieces/Empty.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { PageSkeleton } from '../../../pieces/Skeletons.tsx'
import { folderPage } from '../../../places.ts'
import { type Repository, useRepository, useRevision } from '../../../repository.ts'
import { readAtMostBytes, readFile } from '../content.ts'
import { folderOf, nameOf } from '../paths.ts'
import type { Base } from './base.ts'
import { DeleteFile } from './DeleteFile.tsx'
import { Gate } from './Gate.tsx'
import { RenameFile } from './RenameFile.tsx'
import { takenAt } from './taken.ts'
import { Writer } from './Writer.tsx'

/** Editing a file of a branch. */
export function Page() {
  const { rev, path } = useRevision()
  return <Gate rev={rev}>{(base) => <Opened key={`${rev}:${path}`} base={base} path={path} />}</Gate>
}

function Opened({ base, path }: { base: Base; path: string }) {
  const repository = useRepository()
  const opened = useId()
  const { data, error } = useQuery({
    queryKey: ['rehearsal', 'edit', repository.id, base, path, opened],
    queryFn: () => readForEditing(repository, base, path),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  if (error) return <ErrorNote error={error} />
  if (data === undefined) return <PageSkeleton />
  if (data.entry === undefined) return <Missing base={base} path={path} />
  const remove = <DeleteFile base={base} path={path} />
  if (data.text === undefined) {
    const upload = folderPage(repository, 'upload', base.branch, folderOf(path))
    return (
      <Empty
        title={`${nameOf(path)} can’t be edited here`}
        action={<ButtonTo {...upload}>Upload new version</ButtonTo>}
      >
        It’s too large, or isn’t text. Upload a file with the same name to replace it.{' '}
        <RenameFile base={base} entry={data.entry} /> {remove}
      </Empty>
    )
  }
  return (
    <>
      <title>{`Edit ${nameOf(path)} · ${repository.id}`}</title>
      <Writer base={base} file={{ path, text: data.text }} taken={takenAt(repository, base)} actions={remove} />
    </>
  )
}

type Entry = files.TreeEntry

async function readForEditing(
  repository: Repository,
  { head }: Base,
  path: string,
): Promise<{ entry: Entry | undefined; text: string | undefined }> {
  if (head === undefined) return { entry: undefined, text: undefined }
  const params = { ...repository.params, rev: head }
  const [entry] = await client.call(files.pathsInfo, { params, body: { paths: [path] } })
  if (entry?.type !== 'file') return { entry: undefined, text: undefined }
  if (entry.lfs || entry.size > readAtMostBytes) return { entry, text: undefined }
  return { entry, text: exactTextOf(await readFile(repository, head, path)) }
}

// A mark at its beginning is a part of the text: what is not edited goes back as it came.
function exactTextOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function Missing({ base, path }: { base: Base; path: string }) {
  const repository = useRepository()
  return (
    <Empty
      title={`No file ${path} on ${base.branch}`}
      action={<ButtonTo {...folderPage(repository, 'tree', base.branch)}>View files</ButtonTo>}
    >
      It may have been moved or deleted. See the history.
    </Empty>
  )
}
