import { Checkbox, Text } from '@mantine/core'
import { Fragment } from 'react'
import { billing } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { Named } from '../../../pieces/Portrait.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { When } from '../../../pieces/When.tsx'
import { activityDoorWords } from '../../../words.ts'

type Row = billing.MemberActivity

interface Choosing {
  selected: ReadonlySet<string>
  onToggle: (user: string) => void
}

/** The columns of the activity: who, with which role, when and by which doors; a box before each where one may choose. */
export function activityColumns(choosing: Choosing | undefined): Column<Row>[] {
  const columns: Column<Row>[] = [
    {
      id: 'member',
      header: 'Member',
      card: 'title',
      cell: ({ user, fullname, avatarUrl }) => <Named name={user} fullname={fullname} avatarUrl={avatarUrl} />,
    },
    { id: 'role', header: 'Role', width: '130px', cell: ({ role }) => <RoleBadge role={role} /> },
    { id: 'last', header: 'Last active', width: '160px', cell: (row) => <Last row={row} /> },
    { id: 'doors', header: 'By', width: '34%', cell: doorsOf },
  ]
  return choosing ? [chooser(choosing), ...columns] : columns
}

function chooser({ selected, onToggle }: Choosing): Column<Row> {
  return {
    id: 'select',
    header: 'Select',
    quiet: true,
    width: '44px',
    card: 'aside',
    cell: ({ user, fullname }) => (
      <Checkbox
        size="sm"
        aria-label={`Select ${fullname || user}`}
        checked={selected.has(user)}
        onChange={() => onToggle(user)}
      />
    ),
  }
}

function Last({ row: { lastActiveAt } }: { row: Row }) {
  return lastActiveAt === null ? (
    <Text size="sm" c="dimmed">
      never
    </Text>
  ) : (
    <When time={lastActiveAt} />
  )
}

function doorsOf({ doors, joinedAt }: Row) {
  const seen = billing.activityDoors.flatMap((door) => {
    const time = doors[door]
    return time === null ? [] : [{ door, time }]
  })
  return (
    <Text size="xs" c="dimmed">
      {seen.length === 0 && (
        <>
          joined <When time={joinedAt} />
        </>
      )}
      {seen.map(({ door, time }, index) => (
        <Fragment key={door}>
          {index > 0 && ' · '}
          <span className="nowrap">
            {activityDoorWords[door]} <When time={time} />
          </span>
        </Fragment>
      ))}
    </Text>
  )
}
