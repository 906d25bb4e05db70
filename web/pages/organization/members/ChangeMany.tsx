import { Button, Group } from '@mantine/core'
import { useEffect, useState } from 'react'
import { groups } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { roleNames } from '../../../words.ts'
import { Applied } from '../import/Applied.tsx'
import { Busy } from '../import/Busy.tsx'
import { Preview } from '../import/Preview.tsx'
import { useBulk } from '../import/useBulk.ts'
import type { Wanted } from '../import/wanted.ts'
import type { Search } from './search.ts'

interface Many {
  org: Org
  change: Pick<Search, 'change' | 'into' | 'as'>
  people: string[]
  onBack: () => void
  /** The change is applied; the selection has served its purpose. */
  onDone: () => void
}

/** Changes many members at once, after a preview of what happens to each. */
export function ChangeMany({ org, change, people, onBack, onDone }: Many) {
  const { data: known = [] } = useMaybe(
    groups.listGroupSummaries,
    change.into ? { params: { org: org.name } } : undefined,
  )
  const group = known.find(({ id }) => id === change.into)?.name ?? 'a resource group'
  // What was chosen stays what it is while the list behind is read again.
  const [wanted, setWanted] = useState<Wanted>(() => wish(change, people, group))
  const { plan, apply } = useBulk(org)
  const look = (next: Wanted) => {
    apply.reset()
    setWanted({ ...next })
  }
  const { mutate } = plan
  useEffect(() => mutate(wanted), [mutate, wanted])
  // The members were chosen further down.
  useEffect(() => window.scrollTo(0, 0), [])
  const leave = () => {
    if (apply.data) onDone()
    onBack()
  }
  if (plan.error) {
    return (
      <>
        <ErrorNote error={plan.error} />
        <Group mt="md">
          <Button onClick={onBack}>{back}</Button>
        </Group>
      </>
    )
  }
  if (apply.isPending && plan.data) return <Busy words="Applying" counts={plan.data.counts} />
  if (apply.data) {
    const undo = () => look({ name: `Undo: ${wanted.name}`, csv: apply.data.inverse, isUndo: true, back })
    return <Applied org={org} wanted={wanted} result={apply.data} onUndo={undo} onAgain={leave} />
  }
  if (plan.isPending || !plan.data) return <Busy words="Preparing the preview" />
  const { planHash } = plan.data
  return (
    <Preview
      org={org}
      wanted={wanted}
      result={plan.data}
      error={apply.error}
      onLook={look}
      onApply={() => apply.mutate({ ...wanted, planHash })}
      onAgain={leave}
    />
  )
}

const back = 'Back to members'

function wish({ change, into = '', as = 'read' }: Many['change'], people: string[], group: string): Wanted {
  const csv = (head: string, line: (user: string) => string) => [head, ...people.map(line)].join('\n')
  if (change === 'remove') return { name: 'Remove members', csv: csv('username,op', (user) => `${user},remove`), back }
  if (change === 'group') {
    const name = `Add to ${group} with ${roleNames[as]}`
    return { name, csv: csv('username,op,groups', (user) => `${user},add,${into}:${as}`), back }
  }
  const role = change ?? 'read'
  return { name: `Change role to ${roleNames[role]}`, csv: csv('username,role', (user) => `${user},${role}`), back }
}
