import { useRepository, useRevision } from '../../../repository.ts'
import { Gate } from './Gate.tsx'
import { takenAt } from './taken.ts'
import { Writer } from './Writer.tsx'

/** Writing a new file in a folder of a branch. */
export function Page() {
  const { rev, path } = useRevision()
  const repository = useRepository()
  return (
    <>
      <title>{`New file · ${repository.id}`}</title>
      <Gate rev={rev}>
        {(base) => <Writer key={`${rev}:${path}`} base={base} folder={path} taken={takenAt(repository, base)} />}
      </Gate>
    </>
  )
}
