import { z } from 'zod'
import { type AddressState, useAddressState } from '../../../address-state.ts'
import { useRepository, useRevision } from '../../../repository.ts'
import { Gate } from './Gate.tsx'
import { takenAt } from './taken.ts'
import { Writer } from './Writer.tsx'

const Search = z.object({ name: z.string().max(255) })
export type Search = AddressState<typeof Search>

/** Writing a new file in a folder of a branch. */
export function Page() {
  const { rev, path } = useRevision()
  const [{ name = '' }] = useAddressState(Search)
  const repository = useRepository()
  return (
    <>
      <title>{`New file · ${repository.id}`}</title>
      <Gate rev={rev}>
        {(base) => (
          <Writer key={`${rev}:${path}`} base={base} folder={path} name={name} taken={takenAt(repository, base)} />
        )}
      </Gate>
    </>
  )
}
