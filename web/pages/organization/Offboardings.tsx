import { Button, Text } from '@mantine/core'
import { IconUserOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { leaving } from '../../../api/index.ts'
import { offboardingAddress, orgSettingsAddress } from '../../addresses.ts'
import { useEndless } from '../../endless.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import type { Column } from '../../pieces/columns.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Named } from '../../pieces/Portrait.tsx'
import { sayDay, When } from '../../pieces/When.tsx'
import { counted } from '../../words.ts'
import { isKeptOut, LetIn } from './leaving/LetIn.tsx'
import { OffboardSomebody } from './leaving/OffboardSomebody.tsx'

type Row = leaving.OffboardingSummary

/** Everybody who was offboarded: when, by whom, with the receipt, and until when they are kept out. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'offboarding.list', 'Only admins see who was offboarded.')
  if (reason === undefined) return <Offboardings org={org} />
  return (
    <>
      <PageHead title="Offboarded people" of={org.name} />
      <Empty title="Not for you to see">{reason}</Empty>
    </>
  )
}

function Offboardings({ org }: { org: Org }) {
  const list = useEndless(leaving.listOffboardings, { params: { org: org.name }, query: { limit: 100 } })
  const [asked, setAsked] = useState<Row>()
  const columns = useMemo(() => columnsOf(org, setAsked), [org])
  return (
    <>
      <PageHead
        title="Offboarded people"
        of={org.name}
        state={stateOf(list.rows, list.more)}
        action={<OffboardSomebody org={org} />}
      />
      <EndlessTable
        label={`People offboarded from ${org.name}`}
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        heights={{ row: 57, card: 200 }}
        empty={<Nobody org={org} />}
      />
      {asked && <LetIn org={org.name} user={asked.user} id={asked.id} onClose={() => setAsked(undefined)} />}
    </>
  )
}

function stateOf(rows: Row[], more: boolean): string {
  if (rows.length === 0) return 'Who left for good, with a receipt of what ended.'
  const out = rows.filter(isKeptOut).length
  const read = more ? `The latest ${rows.length.toLocaleString('en')}` : counted(rows.length, 'offboarding')
  return `${read}; ${out === 0 ? 'nobody' : counted(out, 'person', 'people')} ${out > 1 ? 'are' : 'is'} kept out at the moment.`
}

function Nobody({ org }: { org: Org }) {
  return (
    <Empty
      title="Nobody was offboarded yet"
      icon={<IconUserOff size={28} />}
      action={<ButtonTo to={orgSettingsAddress(org.name)}>See the members</ButtonTo>}
    >
      When somebody leaves for good, Offboard in the menu of a member ends everything they have of {org.name} in one
      step, and the receipt is kept here.
    </Empty>
  )
}

function columnsOf(org: Org, onLetIn: (row: Row) => void): Column<Row>[] {
  return [
    {
      id: 'who',
      header: 'Person',
      card: 'title',
      cell: ({ user, fullname, avatarUrl }) => <Named name={user} fullname={fullname} avatarUrl={avatarUrl} />,
    },
    {
      id: 'when',
      header: 'Offboarded',
      width: '190px',
      cell: ({ at, by }) => (
        <Text size="sm" c="dimmed">
          <When time={at} />, by {by}
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
      header: 'Kept out until',
      width: '215px',
      cell: (row) => <KeptOut row={row} onLetIn={onLetIn} />,
    },
    {
      id: 'receipt',
      header: 'Receipt',
      width: '120px',
      card: 'aside',
      cell: ({ id, user, removed }) => (
        <LinkTo
          to={offboardingAddress(org.name, id)}
          size="sm"
          aria-label={`${counted(removed, 'thing')}: receipt of ${user}`}
        >
          {counted(removed, 'thing')}
        </LinkTo>
      ),
    },
  ]
}

function KeptOut({ row, onLetIn }: { row: Row; onLetIn: (row: Row) => void }) {
  if (row.keptOutUntil === null) return <Text size="sm">may come in</Text>
  if (!isKeptOut(row))
    return (
      <Text size="sm" c="dimmed">
        was until {sayDay(row.keptOutUntil)}
      </Text>
    )
  return (
    <>
      <Text size="sm">{sayDay(row.keptOutUntil)}</Text>
      <Button size="compact-xs" mt={2} aria-label={`Let in again… ${row.user}`} onClick={() => onLetIn(row)}>
        Let in again…
      </Button>
    </>
  )
}
