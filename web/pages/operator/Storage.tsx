import { Group, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { operator, sized, storage } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { whole } from '../../endless.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { counted } from '../../words.ts'
import { storageColumns } from './storage/columns.tsx'
import { Defaults } from './storage/Defaults.tsx'
import { OwnerLimit } from './storage/OwnerLimit.tsx'
import { Ownerless } from './storage/Ownerless.tsx'

const Search = z.object({ search: z.string() })
const most = 1000

/** Who uses how much storage, and how much they may. */
export function Page() {
  const settings = useReply(operator.getInstanceSettings)
  const largest = useReply(storage.listStorage, { query: { limit: most } })
  const full = largest.filter(({ used, limit }) => limit !== null && used >= limit).length
  const total = sized(largest.reduce((sum, { used }) => sum + used, 0))
  const state = `${total} used · ${full === 0 ? 'no limits reached' : `${counted(full, 'limit')} reached`}`
  return (
    <>
      <PageHead title="Storage" state={state} guide="storage" />
      <Block title="Default limits" about="For accounts and organizations without their own limit.">
        <Defaults key={JSON.stringify(settings.storageLimits)} limits={settings.storageLimits} />
      </Block>
      <Owners largest={largest} />
      <Ownerless />
    </>
  )
}

function Owners({ largest }: { largest: storage.StorageOwner[] }) {
  const [{ search }, setAddress] = useAddressState(Search)
  const found = useMaybe(storage.listStorage, search ? { query: { search, limit: most } } : undefined)
  const [limiting, setLimiting] = useState<storage.StorageOwner>()
  const columns = useMemo(() => storageColumns(setLimiting), [])
  const rows = search ? (found.data ?? []) : largest
  return (
    <Block title="Accounts and organizations" about="Largest first." wide>
      <Group>
        <SearchField
          label="Search by name"
          value={search ?? ''}
          reading={search !== undefined && found.isFetching}
          onChange={(words) => void setAddress({ search: words })}
        />
      </Group>
      <EndlessTable
        label="Storage"
        columns={columns}
        list={{ ...whole(rows), loading: Boolean(search) && found.isPending }}
        rowKey={({ name }) => name}
        heights={{ row: 57, card: 120 }}
        empty={<Nothing search={search} />}
      />
      {limiting && <OwnerLimit key={limiting.name} owner={limiting} onClose={() => setLimiting(undefined)} />}
    </Block>
  )
}

function Nothing({ search }: { search: string | undefined }) {
  return <Text c="dimmed">{search ? `No accounts or organizations match “${search}”.` : 'No storage used yet.'}</Text>
}
