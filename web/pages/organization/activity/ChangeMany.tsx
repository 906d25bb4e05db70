import { Button, Group } from '@mantine/core'
import { useEffect, useState } from 'react'
import { billing } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { roleNames } from '../../../words.ts'
import { Applied } from '../import/Applied.tsx'
import { Busy } from '../import/Busy.tsx'
import { Preview } from '../import/Preview.tsx'
import { useBulk } from '../import/useBulk.ts'
import type { Wanted } from '../import/wanted.ts'
import type { Change } from './search.ts'

interface Many {
  org: Org
  change: Change
  people: string[]
  onBack: () => void
  /** The people are as was wanted; no one needs to be selected any more. */
  onDone: () => void
}

/** Changes the role of many or removes them, after showing what that does to each. */
export function ChangeMany({ org, change, people, onBack, onDone }: Many) {
  // What was chosen stays what it is while the list behind is read again.
  const [wanted, setWanted] = useState<Wanted>(() => wish(change, people))
  const { plan, apply } = useBulk(org, () => restart(billing.listActivity))
  const look = (next: Wanted) => {
    apply.reset()
    setWanted({ ...next })
  }
  const { mutate } = plan
  useEffect(() => mutate(wanted), [mutate, wanted])
  // The people were chosen further down.
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
    const undo = () => look({ name: `Undo of ${wanted.name}`, csv: apply.data.inverse, isUndo: true, back })
    return <Applied org={org} wanted={wanted} result={apply.data} onUndo={undo} onAgain={leave} />
  }
  if (plan.isPending || !plan.data) return <Busy words="Looking what it would do" />
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

const back = 'Back to the activity'

function wish(change: Change, people: string[]): Wanted {
  const isRemoval = change === 'remove'
  const lines = people.map((user) => (isRemoval ? `${user},remove,` : `${user},set,${change}`))
  const name = isRemoval ? '“Remove”' : `“Change to ${roleNames[change]}”`
  return { name, csv: ['username,op,role', ...lines].join('\n'), back }
}
