import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import { z } from 'zod'
import { bulk } from '../../../api/index.ts'
import { type AddressState, useAddressState } from '../../address-state.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { sayDay } from '../../pieces/When.tsx'
import { Applied } from './import/Applied.tsx'
import { Busy } from './import/Busy.tsx'
import { ChooseFile } from './import/ChooseFile.tsx'
import { Preview } from './import/Preview.tsx'
import { useBulk } from './import/useBulk.ts'
import type { Wanted } from './import/wanted.ts'

/** Changes, invites, and removes many people with a CSV file, after a preview; with undo. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(
    org,
    'member.bulk',
    org.may.includes('member.export')
      ? `The ${org.plan} plan doesn’t include bulk changes.`
      : 'You need the admin role to import members.',
  )
  return (
    <>
      <PageHead
        title="Import members"
        of={org.name}
        guide="bulk-changes"
        state="Change, invite, and remove many people with a CSV file. You see a preview before anything changes."
        action={
          <ButtonTo to="/organizations/$org/settings/members" params={{ org: org.name }}>
            View members
          </ButtonTo>
        }
      />
      {reason === undefined ? <Start org={org} /> : <Empty title="You can’t import members">{reason}</Empty>}
    </>
  )
}

const Search = z.object({ undo: z.string() })
export type Search = AddressState<typeof Search>

// With the ID of an import in the address, its undo file is previewed at once.
function Start({ org }: { org: Org }) {
  const [{ undo }] = useAddressState(Search)
  return undo === undefined ? <Import org={org} /> : <UndoOf org={org} id={undo} />
}

function UndoOf({ org, id }: { org: Org; id: string }) {
  const { inverse, createdAt } = useReply(bulk.getImport, { params: { org: org.name, id } })
  const start = useMemo(
    () => ({ name: `Undo: import of ${sayDay(createdAt)}`, csv: inverse, isUndo: true }),
    [inverse, createdAt],
  )
  return <Import org={org} start={start} />
}

function Import({ org, start }: { org: Org; start?: Wanted }) {
  const [wanted, setWanted] = useState<Wanted>()
  const { plan, apply } = useBulk(org)
  const look = (next: Wanted) => {
    apply.reset()
    setWanted(next)
    plan.mutate(next)
  }
  const begin = useEffectEvent(look)
  useEffect(() => {
    if (start !== undefined) begin(start)
  }, [start])
  const again = () => {
    setWanted(undefined)
    plan.reset()
    apply.reset()
  }
  if (wanted === undefined || plan.error)
    return <ChooseFile org={org} error={plan.error} onRead={({ name, text }) => look({ name, csv: text })} />
  if (apply.isPending && plan.data) return <Busy words="Applying" counts={plan.data.counts} />
  if (apply.data) {
    const undo = () => look({ name: `Undo: ${wanted.name}`, csv: apply.data.inverse, isUndo: true })
    return <Applied org={org} wanted={wanted} result={apply.data} onUndo={undo} onAgain={again} />
  }
  if (plan.isPending || !plan.data) return <Busy words={`Reading ${wanted.name}`} />
  const { planHash } = plan.data
  return (
    <Preview
      org={org}
      wanted={wanted}
      result={plan.data}
      error={apply.error}
      onLook={look}
      onApply={() => apply.mutate({ ...wanted, planHash })}
      onAgain={again}
    />
  )
}
