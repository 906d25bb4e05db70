import { Button, Group, Text } from '@mantine/core'
import { IconBuildingBank, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useReply } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
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
    <>
      <PageHead
        title="Organizations"
        state={`${counted(counts.organizations, 'organization')} · ${without}`}
        guide="operators"
        action={
          <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            New organization
          </Button>
        }
      />
      <Group mb="sm">
        <SearchField
          value={search ?? ''}
          label="Search by name"
          reading={list.stale}
          onChange={(words) => setAddress({ search: words })}
        />
      </Group>
      <EndlessTable
        label="Organizations"
        columns={columns}
        list={list}
        rowKey={keyOf}
        heights={{ row: 57, card: 150 }}
        empty={<Nothing search={search} />}
      />
      {picked && <PlanChange {...picked} onClose={() => setPicked(undefined)} />}
      {limiting && <SeatLimit organization={limiting} onClose={() => setLimiting(undefined)} />}
      <NewOrganization opened={creating} onClose={() => setCreating(false)} />
    </>
  )
}

const keyOf = ({ id }: OperatorOrganization) => id

function Nothing({ search }: { search: string | undefined }) {
  if (search) return <Text mt="md" c="dimmed">{`No organizations match “${search}”. Change your search.`}</Text>
  return (
    <Empty title="No organizations yet" icon={<IconBuildingBank size={28} />}>
      Create one and choose its first admin, or let people create their own under Settings.
    </Empty>
  )
}
