import { Button } from '@mantine/core'
import { IconBuildingBank, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useReply } from '../../hub.ts'
import { ListPage } from '../../pieces/ListPage.tsx'
import { counted } from '../../words.ts'
import { type OperatorOrganization, organizationColumns } from './organizations/columns.tsx'
import { NewOrganization } from './organizations/NewOrganization.tsx'
import { type PickedPlan, PlanChange } from './organizations/PlanChange.tsx'
import { SeatLimit } from './organizations/SeatLimit.tsx'

const Search = z.object({ search: z.string() })

/** All organizations of the instance, including deleted ones. */
export function Page() {
  const { counts } = useReply(operator.operatorHealth)
  const [{ search }, setAddress] = useAddressState(Search)
  const [picked, setPicked] = useState<PickedPlan>()
  const [creating, setCreating] = useState(false)
  const list = useEndless(operator.listOrganizations, { query: { search, limit: 100 } })
  const [limiting, setLimiting] = useState<OperatorOrganization>()
  const columns = useMemo(() => organizationColumns({ onPlan: setPicked, onSeats: setLimiting }), [])
  const without = counts.adminless === 0 ? 'all have an active admin' : `${counts.adminless} without active admins`
  return (
    <ListPage
      head={{
        title: 'Organizations',
        state: `${counted(counts.organizations, 'organization')} · ${without}`,
        guide: 'operators',
        action: (
          <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            New organization
          </Button>
        ),
      }}
      things="organizations"
      label="Organizations"
      search={{ label: 'Search by name', value: search, onChange: (words) => setAddress({ search: words }) }}
      onClear={search ? () => setAddress({ search: undefined }) : undefined}
      columns={columns}
      list={list}
      rowKey={keyOf}
      heights={{ row: 57, card: 150 }}
      empty={{
        title: 'No organizations yet',
        icon: <IconBuildingBank size={28} />,
        guide: 'operators',
        children: 'Create one and choose its first admin, or let people create their own under Settings.',
      }}
    >
      {picked && <PlanChange {...picked} onClose={() => setPicked(undefined)} />}
      {limiting && <SeatLimit organization={limiting} onClose={() => setLimiting(undefined)} />}
      <NewOrganization opened={creating} onClose={() => setCreating(false)} />
    </ListPage>
  )
}

const keyOf = ({ id }: OperatorOrganization) => id
