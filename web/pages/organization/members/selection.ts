import { useMutation } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { bulk, type CallInput, members } from '../../../../api/index.ts'
import { downloadText } from '../../../download.ts'
import { everyRow } from '../../../endless.ts'
import { exportAddressOf } from '../../../export-address.ts'
import type { Org } from '../../../organization.ts'
import { showError } from '../../../pieces/ErrorNote.tsx'

// As many as an answer may hold.
const mostAtOnce = 10_000

type Input = CallInput<typeof members.listMembers>

/** The selected members, by username, and what adds to them. */
export interface Selection {
  selected: ReadonlySet<string>
  isReading: boolean
  toggle: (user: string) => void
  /** Selects all that match, also those that were not read yet; with all of `shown` selected, takes them out. */
  toggleAll: (shown: readonly string[]) => void
  clear: () => void
}

/** Selects members, one by one or all that match. */
export function useSelection({ params, query }: Input): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const read = useMutation({
    mutationFn: () =>
      everyRow(members.listMembers, { params, query: { ...query, details: undefined, limit: mostAtOnce } }),
    onSuccess: (rows) => setSelected((before) => new Set([...before, ...rows.map(({ user }) => user)])),
    onError: showError,
  })
  const toggle = useCallback(
    (user: string) =>
      setSelected((before) => (before.has(user) ? without(before, [user]) : new Set([...before, user]))),
    [],
  )
  const toggleAll = (shown: readonly string[]) => {
    if (shown.every((user) => selected.has(user))) setSelected(without(selected, shown))
    else read.mutate()
  }
  return { selected, isReading: read.isPending, toggle, toggleAll, clear: () => setSelected(new Set()) }
}

function without(selected: ReadonlySet<string>, users: readonly string[]): Set<string> {
  return new Set([...selected].filter((user) => !users.includes(user)))
}

/** Downloads the lines of the export that are about these members; the audit log records the export. */
export async function exportSelected(org: Org, selected: ReadonlySet<string>): Promise<void> {
  const reply = await fetch(exportAddressOf(bulk.exportMembers, org.name), { credentials: 'same-origin' })
  if (!reply.ok) throw new TypeError('no export')
  const [header, ...lines] = (await reply.text()).split('\r\n')
  const chosen = lines.filter((line) => selected.has(/^"([^"]*)"/.exec(line)?.[1] ?? ''))
  downloadText(`${org.name}-members.csv`, [header, ...chosen, ''].join('\r\n'), 'text/csv;charset=utf-8')
}
