import { Button, Group, SegmentedControl, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { z } from 'zod'
import { billing } from '../../../../api/index.ts'
import { useAddressState } from '../../../address-state.ts'
import { exportAddressOf } from '../../../export-address.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { DayChart } from '../../../pieces/DayChart.tsx'

const Search = z.object({ days: z.enum(['30', '365']) })
type Days = z.output<typeof Search>['days'] | undefined

/** How many days are looked back on, kept in the address. */
export function useDays() {
  const [{ days }, setAddress] = useAddressState(Search)
  return [days, (next: Days) => void setAddress({ days: next })] as const
}

/** The same as a number. */
export function daysOf(days: Days): number {
  return days === undefined ? 90 : Number(days)
}

/** Seats over time as a chart, and the same as CSV. */
export function SeatHistory({ org, seats }: { org: Org; seats: billing.Seats }) {
  const [days, setDays] = useDays()
  const { history, limit } = seats
  return (
    <Block title="Seats over time" wide>
      <Group justify="space-between" gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="Time span"
          data={spans}
          value={days ?? '90'}
          onChange={(value) => setDays(Search.shape.days.safeParse(value).data)}
        />
        <Button
          size="xs"
          component="a"
          href={exportAddressOf(billing.exportSeats, org.name)}
          download={`${org.name}-seats.csv`}
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          Download CSV
        </Button>
      </Group>
      {history.length < 2 ? (
        <Text size="sm" c="dimmed">
          No history yet. The chart starts tomorrow.
        </Text>
      ) : (
        <DayChart
          label={`Seats of ${org.name} by day`}
          series={['members', 'pending invitations']}
          days={history.map(({ day, members, pending }) => ({ day, values: [members, pending] }))}
          limit={limit === null ? undefined : { value: limit, words: `limit ${limit.toLocaleString('en')}` }}
        />
      )}
    </Block>
  )
}

const spans = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
]
