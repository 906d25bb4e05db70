import { Button, Group, Menu, Switch, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMemo } from 'react'
import { z } from 'zod'
import { audit } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { client } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { eventColumns } from './audit/columns.tsx'
import { FilterHelp } from './audit/FilterHelp.tsx'
import { Verify } from './audit/Verify.tsx'

const Search = z.object({ q: z.string(), exports: z.literal('true'), event: z.string() })

/** Every change in an organization, newest first, with search, export and proof. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'audit.search', `Only admins of ${org.name} read its audit log.`)
  return (
    <>
      <PageHead
        title="Audit log"
        of={org.name}
        state={`Every change in ${org.name}, by whom and from where, newest first.`}
        action={reason === undefined && <Export org={org} />}
      />
      {reason === undefined ? <Events org={org} /> : <Empty title="Not for you to see">{reason}</Empty>}
    </>
  )
}

function Events({ org }: { org: Org }) {
  const [{ q, exports, event }, setAddress] = useAddressState(Search)
  const list = useEndless(audit.searchAuditLog, {
    params: { org: org.name },
    query: { q, includeExports: exports, limit: 50 },
  })
  const columns = useMemo(
    () => eventColumns({ open: event, onOpen: (id) => void setAddress({ event: id }) }),
    [event, setAddress],
  )
  return (
    <>
      <Group gap="sm" mb="xs" align="center">
        <SearchField
          value={q ?? ''}
          label="Search events"
          reading={list.stale}
          onChange={(words) => setAddress({ q: words })}
        />
        <FilterHelp onUse={(words) => setAddress({ q: words })} />
        <Switch
          label="Show exports"
          checked={exports !== undefined}
          onChange={({ currentTarget }) => setAddress({ exports: currentTarget.checked ? 'true' : undefined })}
        />
      </Group>
      <Verify ask={(query) => client.call(audit.verifyAuditLog, { params: { org: org.name }, query })} />
      <EndlessTable
        label={`Audit log of ${org.name}`}
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

function Export({ org }: { org: Org }) {
  const [{ q }] = useAddressState(Search)
  const address = (format: 'json' | 'csv') => {
    const path = audit.exportAuditLog.path.replace(':org', encodeURIComponent(org.name))
    return `${path}?${new URLSearchParams({ format, ...(q ? { q } : {}) })}`
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconDownload size={16} aria-hidden />}>Export{q ? ' what matches' : ''}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={address('json')} download={`${org.name}-audit-log.json`}>
          JSON, whole events
        </Menu.Item>
        <Menu.Item component="a" href={address('csv')} download={`${org.name}-audit-log.csv`}>
          CSV, for spreadsheets
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
