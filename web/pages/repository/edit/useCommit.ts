import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../../../api/index.ts'
import { queryClient, refresh } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'
import type { Base } from './base.ts'
import { type Change, commitChanges, type Progress } from './commit.ts'

/** What is to be committed, and how it is called. */
export interface Wish {
  summary: string
  description: string
  changes: Change[]
}

interface Attempt {
  wish: Wish
  parent: string | undefined
  /** It is a second one, on top of what came in between. */
  isApplied: boolean
}

/**
 * Commits to a branch as it was when the page was opened. When it has moved since, `conflict` is the wish that was
 * refused; `applyOnto` commits the same on top of another commit. `leave` leads on after success.
 */
export function useCommit(base: Base, leave: () => Promise<unknown> | unknown) {
  const repo = useRepository()
  const [progress, setProgress] = useState<Progress>()
  const [stop, setStop] = useState<AbortController>()
  const commit = useMutation({
    mutationFn: ({ wish, parent }: Attempt) => {
      const { summary, description, changes } = wish
      const stopper = new AbortController()
      setStop(stopper)
      const words = { summary, description, parentCommit: parent }
      const sending = { onProgress: setProgress, signal: stopper.signal }
      return commitChanges({ repo, branch: base.branch }, words, changes, sending)
    },
    onSuccess: async (_, { wish }) => {
      showDone(`Committed to ${base.branch}: ${wish.summary}`)
      // What was read of the branch before is no more; pages that are opened next read it again.
      queryClient.removeQueries({ type: 'inactive' })
      await leave()
      void refresh()
    },
    onSettled: () => setProgress(undefined),
  })
  const isRefused = commit.error instanceof ApiError && commit.error.status === 412
  const isConflict = isRefused || (commit.isPending && commit.variables.isApplied)
  const isStopped = commit.error instanceof DOMException && commit.error.name === 'AbortError'
  return {
    send: (wish: Wish) => commit.mutate({ wish, parent: base.head, isApplied: false }),
    busy: commit.isPending,
    progress,
    stop: () => stop?.abort(),
    error: isRefused || isStopped ? null : commit.error,
    conflict: isConflict ? commit.variables?.wish : undefined,
    /** Tells one refusal from the next. */
    attempt: commit.submittedAt,
    applyOnto: (parent: string) => {
      if (commit.variables) commit.mutate({ wish: commit.variables.wish, parent, isApplied: true })
    },
    forget: () => commit.reset(),
  }
}
export type Commit = ReturnType<typeof useCommit>
