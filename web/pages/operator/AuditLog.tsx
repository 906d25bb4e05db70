import { Group, Text } from '@mantine/core'
import { useMemo } from 'react'
import { z } from 'zod'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { client } from '../../hub.ts'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { eventColumns } from '../organization/audit/columns.tsx'
import { FilterHelp } from '../organization/audit/FilterHelp.tsx'
import { Verify } from '../organization/audit/Verify.tsx'

const Search = z.object({ q: z.string(), event: z.string() })

/** Events of accounts and of the installation itself. */
export function Page() {
  const [{ q, event }, setAddress] = useAddressState(Search)
  const list = useEndless(operator.instanceAuditLog, { query: { q, limit: 50 } })
  const columns = useMemo(
    () => eventColumns({ open: event, onOpen: (id) => void setAddress({ event: id }) }),
    [event, setAddress],
  )
  return (
    <>
      <PageHead
        title="Audit log"
        of="This installation"
        state="Sign-ins, accounts and settings of the installation, newest first. What happens in an organization is in its own log."
      />
      <Group gap="sm" mb="xs">
        <SearchField
          value={q ?? ''}
          label="Search events"
          reading={list.stale}
          onChange={(words) => setAddress({ q: words })}
        />
        <FilterHelp onUse={(words) => setAddress({ q: words })} />
      </Group>
      <Verify ask={(query) => client.call(operator.verifyInstanceLog, { query })} />
      <EndlessTable
        label="Audit log of the installation"
        columns={columns}
        list={list}
        rowKey={({ _id }) => _id}
        openKey={event}
        heights={{ row: 57, card: 96 }}
        empty={<Text c="dimmed">{q ? 'No event matches.' : 'Nothing has happened yet.'}</Text>}
      />
    </>
  )
}
