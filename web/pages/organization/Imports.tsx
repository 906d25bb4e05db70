import { Button, Group, Text } from '@mantine/core'
import { IconDownload, IconFileImport } from '@tabler/icons-react'
import { useMemo } from 'react'
import { bulk } from '../../../api/index.ts'
import { downloadText } from '../../download.ts'
import { useEndless } from '../../endless.ts'
import { useChange } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import type { Column } from '../../pieces/columns.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { sayDay, When } from '../../pieces/When.tsx'
import { counted, listed } from '../../words.ts'

const kinds = { members: 'Bulk change', invitations: 'Bulk invitation' } as const

/** Bulk changes and bulk invitations of the last 30 days, each with its undo file. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'import.view', 'You need the admin role to see imports.')
  if (reason === undefined) return <Imports org={org} />
  return (
    <>
      <PageHead title="Imports" of={org.name} />
      <Empty title="You can’t see imports">{reason}</Empty>
    </>
  )
}

function Imports({ org }: { org: Org }) {
  const list = useEndless(bulk.listImports, { params: { org: org.name }, query: { limit: 100 } })
  const columns = useMemo(() => columnsOf(org), [org])
  return (
    <ListPage
      head={{
        title: 'Imports',
        of: org.name,
        state: 'Bulk changes and bulk invitations. You can undo each one for 30 days.',
        guide: 'bulk-changes',
        action: (
          <ButtonTo to="/organizations/$org/settings/members/import" params={{ org: org.name }}>
            Import members
          </ButtonTo>
        ),
      }}
      things="imports"
      label={`Imports of ${org.name}`}
      onClear={undefined}
      columns={columns}
      list={list}
      rowKey={({ id }) => id}
      heights={{ row: 57, card: 190 }}
      empty={{
        title: 'No imports in the last 30 days',
        icon: <IconFileImport size={28} />,
        guide: 'bulk-changes',
        children: 'Bulk changes and bulk invitations appear here, and you can undo them.',
      }}
    />
  )
}

function columnsOf(org: Org): Column<bulk.Import>[] {
  return [
    {
      id: 'kind',
      header: 'Type',
      width: '130px',
      card: 'title',
      cell: ({ kind }) => <Text size="sm">{kinds[kind]}</Text>,
    },
    {
      id: 'when',
      header: 'Applied',
      width: '190px',
      cell: ({ createdAt, createdBy }) => (
        <Text size="sm" c="dimmed">
          <When time={createdAt} />
          {createdBy !== null && (
            <>
              {' '}
              by <span className="nowrap">{createdBy}</span>
            </>
          )}
        </Text>
      ),
    },
    { id: 'counts', header: 'Result', cell: ({ counts }) => <Text size="sm">{countsInWords(counts)}</Text> },
    {
      id: 'until',
      header: 'Undo until',
      width: '165px',
      cell: ({ keptUntil }) => (
        <Text size="sm" c="dimmed">
          {sayDay(keptUntil)}
        </Text>
      ),
    },
    { id: 'undo', header: 'Undo', width: '300px', cell: (row) => <Undo org={org} row={row} /> },
  ]
}

function countsInWords({ changed, invited, removed, revoked }: bulk.Import['counts']): string {
  const parts = [
    changed > 0 && `${counted(changed, 'person', 'people')} changed`,
    invited > 0 && `${invited.toLocaleString('en')} invited`,
    removed > 0 && `${removed.toLocaleString('en')} removed`,
    revoked > 0 && `${counted(revoked, 'invitation')} revoked`,
  ]
  return listed(parts.filter((part) => part !== false))
}

function Undo({ org, row }: { org: Org; row: bulk.Import }) {
  const read = useChange(bulk.getImport, ({ inverse }) =>
    downloadText(`undo-${org.name}-${row.createdAt.slice(0, 10)}.csv`, inverse, 'text/csv;charset=utf-8'),
  )
  const which = `${kinds[row.kind]} of ${sayDay(row.createdAt)}`
  return (
    <>
      <Group gap="xs">
        {org.may.includes('member.bulk') && (
          <ButtonTo
            size="compact-sm"
            to="/organizations/$org/settings/members/import"
            params={{ org: org.name }}
            search={{ undo: row.id }}
            aria-label={`Undo: ${which}`}
          >
            Undo…
          </ButtonTo>
        )}
        <Button
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={read.isPending}
          aria-label={`Download undo file: ${which}`}
          onClick={() => read.mutate({ params: { org: org.name, id: row.id } })}
        >
          Download undo file
        </Button>
      </Group>
      <ErrorNote error={read.error} />
    </>
  )
}
