import { ApiError } from '../../../api/index.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { folderPage } from '../../places.ts'
import { mainBranch, useRepository, useRevision } from '../../repository.ts'
import { shortRevision } from './paths.ts'

/** In place of something that is not in the repository: what was looked for, and the ways on. Other refusals as they are. */
export function Missing({ what, of = 'file', error }: { what: string; of?: 'file' | 'revision'; error: unknown }) {
  const repository = useRepository()
  const { rev } = useRevision()
  if (error && !(error instanceof ApiError && error.status === 404)) return <ErrorNote error={error} />
  return (
    <Empty
      title={of === 'file' ? `“${what}” not found` : `No branch, tag, or commit “${what}”`}
      action={<ButtonTo {...folderPage(repository, 'tree', mainBranch)}>View files on {mainBranch}</ButtonTo>}
    >
      It may have been renamed or deleted{of === 'file' && `, or it may not be on ${shortRevision(rev)}`}.
    </Empty>
  )
}
