import { files, type ReplyOf } from '../../../api/index.ts'
import { useMaybe } from '../../hub.ts'
import { mainBranch, useRepository } from '../../repository.ts'

/** A branch or a tag. */
export type Reference = ReplyOf<typeof files.listRefs>['branches'][number]

/** The branches and tags of the open repository; missing until they are read. */
export function useReferences() {
  const { params } = useRepository()
  const { data, error } = useMaybe(files.listRefs, { params })
  return {
    branches: data?.branches.toSorted((one, other) => rank(one) - rank(other)),
    tags: data?.tags,
    error,
    /** Only branches can be committed to; while they are being read, the first one is believed. */
    isBranch: (rev: string) => (data ? data.branches.some(({ name }) => name === rev) : rev === mainBranch),
  }
}

// The branch that people look for stands first; the others are in order already
const rank = ({ name }: Reference) => (name === mainBranch ? 0 : 1)

/** What a name stands for: a line of work that goes on, or one commit. */
export type ReferenceKind = 'branch' | 'tag'
