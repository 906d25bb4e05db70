import { useMemo } from 'react'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { client } from '../../hub.ts'
import { ListPage } from '../../pieces/ListPage.tsx'
import { noEvents } from '../organization/AuditLog.tsx'
import { eventColumns } from '../organization/audit/columns.tsx'
import { AuditFilters, noFilter } from '../organization/audit/Filters.tsx'
import { AuditSearch, searchText } from '../organization/audit/search.ts'
import { Verify } from '../organization/audit/Verify.tsx'

/** Events of accounts and of the instance. */
export function Page() {
  const [{ event, exports: _, ...filter }, setAddress] = useAddressState(AuditSearch)
  const q = searchText(filter)
  const list = useEndless(operator.instanceAuditLog, { query: { q, limit: 50 } })
  const columns = useMemo(
    () => eventColumns({ open: event, onOpen: (id) => void setAddress({ event: id }) }),
    [event, setAddress],
  )
  return (
    <ListPage
      head={{
        title: 'Audit log',
        of: 'Site admin',
        state:
          'Sign-ins and changes to accounts and instance settings, newest first. Each organization has its own audit log.',
        guide: 'audit-log',
      }}
      things="events"
      label="Audit log of the instance"
      above={
        <>
          <AuditFilters filter={filter} reading={list.stale} onChange={(change) => void setAddress(change)} />
          <Verify ask={(query) => client.call(operator.verifyInstanceLog, { query })} />
        </>
      }
      onClear={q === undefined ? undefined : () => void setAddress(noFilter)}
      columns={columns}
      list={list}
      rowKey={({ _id }) => _id}
      openKey={event}
      heights={{ row: 57, card: 96 }}
      empty={noEvents}
    />
  )
}
