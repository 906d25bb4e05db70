import { Group, Skeleton, Text } from '@mantine/core'
import { billing } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import { priced } from '../../../money.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { pageColumnWidth } from '../../../pieces/PageColumn.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import classes from './NextInvoice.module.css'

type Line = billing.Invoice['lines'][number]

/** The next invoice, line by line. */
export function NextInvoice({ org }: { org: Org }) {
  const { data, error } = useMaybe(billing.previewInvoice, { params: { org: org.name } })
  return (
    <Block title="Next invoice" about={data ? aboutOf(data) : 'Preview for this month. No payment is taken.'} wide>
      {data ? <Preview invoice={data} /> : !error && <Skeleton height={140} />}
      <ErrorNote error={error} />
    </Block>
  )
}

function aboutOf({ seatPrice, currency, plan, period }: billing.Invoice): string {
  const month = `${sayDay(period.from)} to ${sayDay(period.to)}`
  if (seatPrice === 0) return `${month}. Seats on the ${plan} plan are free on this instance.`
  return `${month} · ${priced(seatPrice, currency)} per seat per month on the ${plan} plan. This is a preview. No payment is taken.`
}

function Preview({ invoice }: { invoice: billing.Invoice }) {
  const { currency, lines, total, nextPeriodTotal, period } = invoice
  if (lines.length === 0) return <Text size="sm">Nothing to pay this month.</Text>
  return (
    <>
      <DataTable label="Lines of the next invoice" columns={lineColumns(invoice)} rows={lines} rowKey={keyOf} />
      <Group justify="space-between" px={{ sm: 12 }} gap="xs">
        <Text fw={600}>Total</Text>
        <Text fw={600} component="div">
          <Amount>{priced(total, currency)}</Amount>
        </Text>
      </Group>
      <Text size="sm" c="dimmed" maw={pageColumnWidth}>
        With the current seats, the month from {sayDay(period.to)} costs {priced(nextPeriodTotal, currency)}. Seats
        added during a month are billed by the day. Seats that become available lower the next invoice.
      </Text>
    </>
  )
}

const keyOf = ({ description, from, to }: Line) => `${description} ${from} ${to}`

function lineColumns({ currency, period }: billing.Invoice): Column<Line>[] {
  return [
    {
      id: 'what',
      header: 'Item',
      card: 'title',
      cell: ({ description, from, to }) => (
        <>
          <Text size="sm">{from === period.from ? description : `Seats added on ${sayDay(from)}`}</Text>
          <Text size="xs" c="dimmed">
            {sayDay(from)} to {sayDay(to)}
          </Text>
        </>
      ),
    },
    {
      id: 'seats',
      header: 'Seats',
      width: '90px',
      numeric: true,
      cell: ({ seats }) => <Amount>{seats.toLocaleString('en')}</Amount>,
    },
    {
      id: 'days',
      header: 'Days',
      width: '90px',
      numeric: true,
      cell: ({ days }) => <Amount>{days.toLocaleString('en')}</Amount>,
    },
    {
      id: 'amount',
      header: 'Amount',
      width: '130px',
      card: 'aside',
      numeric: true,
      cell: ({ amount }) => <Amount>{priced(amount, currency)}</Amount>,
    },
  ]
}

function Amount({ children }: { children: string }) {
  return <span className={classes.amount}>{children}</span>
}
