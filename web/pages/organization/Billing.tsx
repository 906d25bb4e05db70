import { billing } from '../../../api/index.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { NextInvoice } from './billing/NextInvoice.tsx'
import { daysOf, SeatHistory, useDays } from './billing/SeatHistory.tsx'

/** The seats of an organization: how many are taken, how many there were, and what they cost. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'billing.view', 'Only admins see seats and invoices.')
  if (reason === undefined) return <Billing org={org} />
  return (
    <>
      <PageHead title="Billing" of={org.name} />
      <Empty title="Not for you to see">{reason}</Empty>
    </>
  )
}

function Billing({ org }: { org: Org }) {
  const [days] = useDays()
  const seats = useReply(billing.getSeats, { params: { org: org.name }, query: { days: daysOf(days) } })
  return (
    <>
      <PageHead title="Billing" of={org.name} state={<SeatsSentence org={org} seats={seats} />} />
      <SeatHistory org={org} seats={seats} />
      <NextInvoice org={org} />
    </>
  )
}

/** `38 of 50 seats: 36 members, 2 pending invitations, 12 free.` */
function SeatsSentence({ org, seats }: { org: Org; seats: billing.Seats }) {
  const { plan, limit, used, members, pending, free } = seats
  const reserved = plan !== 'free'
  return (
    <>
      {limit === null ? `${counted(used, 'seat')} taken` : `${used.toLocaleString('en')} of ${counted(limit, 'seat')}`}:{' '}
      <LinkTo to={orgSettingsAddress(org.name, 'members')} className="nowrap">
        {counted(members, 'member')}
      </LinkTo>
      {(reserved || pending > 0) && (
        <>
          {', '}
          <LinkTo to={orgSettingsAddress(org.name, 'invitations')} className="nowrap">
            {counted(pending, 'pending invitation')}
          </LinkTo>
          {!reserved && ' (which take no seat on this plan)'}
        </>
      )}
      {free !== null && `, ${free.toLocaleString('en')} free`}. The plan is {plan}.
      {free === 0 && ' The next person who wants in is refused until a seat is free or the limit is raised.'}
    </>
  )
}
