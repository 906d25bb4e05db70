import { Button, Text } from '@mantine/core'
import { IconUserOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { leaving } from '../../../api/index.ts'
import { useEndless } from '../../endless.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import type { Column } from '../../pieces/columns.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { ListPage } from '../../pieces/ListPage.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Named } from '../../pieces/Portrait.tsx'
import { sayDay, When } from '../../pieces/When.tsx'
import { counted } from '../../words.ts'
import { AllowRejoin, hasRejoinBlock } from './leaving/AllowRejoin.tsx'
import { OffboardPerson } from './leaving/OffboardPerson.tsx'

type Row = leaving.OffboardingSummary

/** Offboarded people: when, by whom, the report, and until when they have a rejoin block. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'offboarding.list', 'You need the admin role to see offboarded people.')
  if (reason === undefined) return <Offboardings org={org} />
  return (
    <>
      <PageHead title="Offboarded people" of={org.name} />
      <Empty title="You can’t see offboarded people">{reason}</Empty>
    </>
  )
}

function Offboardings({ org }: { org: Org }) {
  const list = useEndless(leaving.listOffboardings, { params: { org: org.name }, query: { limit: 100 } })
  const [asked, setAsked] = useState<Row>()
  const columns = useMemo(() => columnsOf(org, setAsked), [org])
  return (
    <ListPage
      head={{
        title: 'Offboarded people',
        of: org.name,
        state: stateOf(list.rows, list.more),
        guide: 'offboarding',
        action: <OffboardPerson org={org} />,
      }}
      things="people"
      label={`People offboarded from ${org.name}`}
      onClear={undefined}
      columns={columns}
      list={list}
      rowKey={({ id }) => id}
      heights={{ row: 57, card: 200 }}
      empty={{
        title: 'No offboarded people',
        icon: <IconUserOff size={28} />,
        guide: 'offboarding',
        action: (
          <ButtonTo to="/organizations/$org/settings/members" params={{ org: org.name }}>
            View members
          </ButtonTo>
        ),
        children: `Offboarding removes all of a person’s access to ${org.name} in one step. Choose Offboard in a member’s menu. The report is kept here.`,
      }}
    >
      {asked && <AllowRejoin org={org.name} user={asked.user} id={asked.id} onClose={() => setAsked(undefined)} />}
    </ListPage>
  )
}

function stateOf(rows: Row[], more: boolean): string {
  if (rows.length === 0) return 'People who were offboarded, with a report for each.'
  const out = rows.filter(hasRejoinBlock).length
  const read = more ? `The latest ${rows.length.toLocaleString('en')}` : counted(rows.length, 'offboarding')
  return `${read} · ${counted(out, 'rejoin block')}`
}

function columnsOf(org: Org, onAllowRejoin: (row: Row) => void): Column<Row>[] {
  return [
    {
      id: 'who',
      header: 'Person',
      card: 'title',
      cell: ({ user, fullname }) => <Named name={user} fullname={fullname} />,
    },
    {
      id: 'when',
      header: 'Offboarded',
      width: '190px',
      cell: ({ at, by }) => (
        <Text size="sm" c="dimmed">
          <When time={at} /> by <span className="nowrap">{by}</span>
        </Text>
      ),
    },
    {
      id: 'reason',
      header: 'Reason',
      cell: ({ reason }) => (
        <Text size="sm" lineClamp={2} title={reason}>
          {reason}
        </Text>
      ),
    },
    {
      id: 'out',
      header: 'Rejoin block until',
      width: '215px',
      cell: (row) => <RejoinBlock row={row} onAllowRejoin={onAllowRejoin} />,
    },
    {
      id: 'report',
      header: 'Report',
      width: '120px',
      card: 'aside',
      cell: ({ id, user }) => (
        <LinkTo
          to="/organizations/$org/settings/members/offboardings/$id"
          params={{ org: org.name, id }}
          size="sm"
          aria-label={`View report of ${user}`}
        >
          View report
        </LinkTo>
      ),
    },
  ]
}

function RejoinBlock({ row, onAllowRejoin }: { row: Row; onAllowRejoin: (row: Row) => void }) {
  if (row.rejoinBlockedUntil === null) return <Text size="sm">Can rejoin</Text>
  if (!hasRejoinBlock(row))
    return (
      <Text size="sm" c="dimmed">
        Ended {sayDay(row.rejoinBlockedUntil)}
      </Text>
    )
  return (
    <>
      <Text size="sm">{sayDay(row.rejoinBlockedUntil)}</Text>
      <Button size="compact-xs" mt={2} aria-label={`Allow to rejoin… ${row.user}`} onClick={() => onAllowRejoin(row)}>
        Allow to rejoin…
      </Button>
    </>
  )
}
