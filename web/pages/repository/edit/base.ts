import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { files } from '../../../../api/index.ts'
import { client } from '../../../hub.ts'
import { useRepository } from '../../../repository.ts'

/** A branch as it was when the page was opened: what is committed there goes on top of exactly this. */
export interface Base {
  branch: string
  /** Its latest commit then; undefined in an empty repository. */
  head: string | undefined
}

/** Reads a branch once; null where there is none of this name, undefined while it is being read. */
export function useBase(branch: string): { base: Base | null | undefined; error: unknown } {
  const { params } = useRepository()
  const opened = useId()
  // Kept out of what is read again after changes: the page is about this moment.
  const { data, error } = useQuery({
    queryKey: ['rehearsal', 'base', params, branch, opened],
    queryFn: async () => baseOf(branch, await client.call(files.listRefs, { params })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return { base: data, error }
}

type References = Awaited<ReturnType<typeof client.call<typeof files.listRefs>>>

function baseOf(branch: string, { branches }: References): Base | null {
  if (branches.length === 0) return { branch, head: undefined }
  const found = branches.find(({ name }) => name === branch)
  return found === undefined ? null : { branch, head: found.targetCommit }
}
