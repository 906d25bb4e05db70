import { useMutation } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { type CallInput, gated } from '../../../../api/index.ts'
import { everyRow } from '../../../endless.ts'
import { showError } from '../../../pieces/ErrorNote.tsx'

// As many as an answer may hold.
const mostAtOnce = 1000

/** The people whose requests are selected, by username, and what adds to them. */
export interface Selection {
  selected: ReadonlySet<string>
  isReading: boolean
  toggle: (user: string) => void
  /** Selects all that match, also those that were not read yet; with all of `shown` selected, none. */
  toggleAll: (shown: readonly string[]) => void
  clear: () => void
}

/** Selects requests, one by one or all that match. */
export function useSelection(input: CallInput<typeof gated.listAccessRequests>): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const read = useMutation({
    mutationFn: () => everyRow(gated.listAccessRequests, { ...input, query: { ...input.query, limit: mostAtOnce } }),
    onSuccess: (rows) => setSelected(new Set(rows.map(({ user }) => user.user))),
    onError: showError,
  })
  const toggle = useCallback(
    (user: string) =>
      setSelected((before) =>
        before.has(user) ? new Set([...before].filter((other) => other !== user)) : new Set([...before, user]),
      ),
    [],
  )
  const clear = useCallback(() => setSelected(new Set()), [])
  const toggleAll = (shown: readonly string[]) => {
    if (shown.every((user) => selected.has(user))) clear()
    else read.mutate()
  }
  return { selected, isReading: read.isPending, toggle, toggleAll, clear }
}
