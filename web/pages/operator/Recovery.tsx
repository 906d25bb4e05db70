import { Button } from '@mantine/core'
import { IconLifebuoy, IconPlus } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { z } from 'zod'
import { operator, recovery } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useMaybe } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { isAlive } from '../petition/words.ts'
import { petitionColumns } from './recovery/columns.tsx'
import { NewPetition } from './recovery/NewPetition.tsx'
import { PetitionPanel } from './recovery/PetitionPanel.tsx'

const Search = z.object({ petition: z.string(), org: z.string() })

/** Petitions to become admin, of every organization; begun and approved here where the operators are the way. */
export function Page() {
  const [{ petition, org }, setAddress] = useAddressState(Search)
  const list = useEndless(recovery.listRecoveries, { query: { limit: 100 } })
  const { data: health } = useMaybe(operator.operatorHealth, {})
  const [creating, setCreating] = useState(org !== undefined)
  const onOpen = useCallback((id: string) => void setAddress({ petition: id }, 'push'), [setAddress])
  const columns = useMemo(() => petitionColumns(onOpen), [onOpen])
  return (
    <>
      <PageHead
        title="Recovery"
        state={<State rows={list.rows} adminless={health?.counts.adminless} />}
        action={
          <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            Begin a recovery
          </Button>
        }
      />
      <EndlessTable
        label="Petitions"
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        openKey={petition}
        heights={{ row: 66, card: 170 }}
        empty={
          <Empty title="No petitions" icon={<IconLifebuoy size={28} />}>
            When an organization has lost its admins, its successors and members ask here to become admin, and you see
            each step. Where nobody inside can, two operators together make somebody admin.
          </Empty>
        }
      />
      <PetitionPanel
        petition={list.rows.find(({ id }) => id === petition)}
        onClose={() => void setAddress({ petition: undefined })}
      />
      <NewPetition opened={creating} organization={org} onClose={() => setCreating(false)} />
    </>
  )
}

function State({ rows, adminless }: { rows: recovery.Petition[]; adminless: number | undefined }) {
  const alive = rows.filter(isAlive).length
  return (
    <>
      {alive === 0 ? 'No petition runs' : counted(alive, 'petition runs', 'petitions run')}
      {adminless === 0 && '; every organization has an admin who can act'}
      {adminless !== undefined && adminless > 0 && (
        <>
          ; <LinkTo to="/operator/organizations">{counted(adminless, 'organization')}</LinkTo> without a usable admin
        </>
      )}
      . Everybody concerned is told at every step.
    </>
  )
}
