import { Button, Menu } from '@mantine/core'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { useMemo } from 'react'
import { audit } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { client } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { eventColumns } from './audit/columns.tsx'
import { AuditFilters, noFilter } from './audit/Filters.tsx'
import { AuditSearch, searchText } from './audit/search.ts'
import { Verify } from './audit/Verify.tsx'

/** Every change in an organization, newest first, with filters, export, and verification. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'audit.search', 'Only admins can view the audit log.')
  if (reason === undefined) return <Events org={org} />
  return (
    <>
      <PageHead title="Audit log" of={org.name} guide="audit-log" />
      <Empty title="You can’t view this page">{reason}</Empty>
    </>
  )
}

function Events({ org }: { org: Org }) {
  const [{ exports, event, ...filter }, setAddress] = useAddressState(AuditSearch)
  const q = searchText(filter)
  const list = useEndless(audit.searchAuditLog, {
    params: { org: org.name },
    query: { q, includeExports: exports, limit: 50 },
  })
  const columns = useMemo(
    () => eventColumns({ open: event, onOpen: (id) => void setAddress({ event: id }) }),
    [event, setAddress],
  )
  return (
    <ListPage
      head={{
        title: 'Audit log',
        of: org.name,
        state: 'All changes in this organization, newest first.',
        guide: 'audit-log',
        action: <Export org={org} />,
      }}
      things="events"
      label={`Audit log of ${org.name}`}
      above={
        <>
          <AuditFilters
            filter={filter}
            reading={list.stale}
            org={org.name}
            onChange={(change) => void setAddress(change)}
            exports={{
              shown: exports !== undefined,
              onShow: (shown) => void setAddress({ exports: shown ? 'true' : undefined }),
            }}
          />
          <Verify ask={(query) => client.call(audit.verifyAuditLog, { params: { org: org.name }, query })} />
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

/** What stands in place of events where there are none. */
export const noEvents = {
  title: 'No events yet',
  icon: <IconHistory size={28} />,
  children: 'Each change appears here with who made it and when.',
}

function Export({ org }: { org: Org }) {
  const [filter] = useAddressState(AuditSearch)
  const q = searchText(filter)
  const address = (format: 'json' | 'csv') => {
    const path = audit.exportAuditLog.path.replace(':org', encodeURIComponent(org.name))
    return `${path}?${new URLSearchParams({ format, ...(q ? { q } : {}) })}`
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconDownload size={16} aria-hidden />}>
          {q ? 'Export matching events' : 'Export all events'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={address('json')} download={`${org.name}-audit-log.json`}>
          Download JSON
        </Menu.Item>
        <Menu.Item component="a" href={address('csv')} download={`${org.name}-audit-log.csv`}>
          Download CSV
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
