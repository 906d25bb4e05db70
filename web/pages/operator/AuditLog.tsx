import { useMemo } from 'react'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { client } from '../../hub.ts'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { NoEvents } from '../organization/AuditLog.tsx'
import { eventColumns } from '../organization/audit/columns.tsx'
import { AuditFilters } from '../organization/audit/Filters.tsx'
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
    <>
      <PageHead
        title="Audit log"
        of="Site admin"
        state="Sign-ins and changes to accounts and instance settings, newest first. Each organization has its own audit log."
        guide="audit-log"
      />
      <AuditFilters filter={filter} reading={list.stale} onChange={(change) => void setAddress(change)} />
      <Verify ask={(query) => client.call(operator.verifyInstanceLog, { query })} />
      <EndlessTable
        label="Audit log of the instance"
        columns={columns}
        list={list}
        rowKey={({ _id }) => _id}
        openKey={event}
        heights={{ row: 57, card: 96 }}
        empty={<NoEvents isFiltered={q !== undefined} />}
      />
    </>
  )
}
