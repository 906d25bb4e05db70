import { billing } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { NextInvoice } from './billing/NextInvoice.tsx'
import { daysOf, SeatHistory, useDays } from './billing/SeatHistory.tsx'

/** The seats of an organization: how many are used, how many were, and what they cost. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'billing.view', 'Only admins can view seats and invoices.')
  if (reason === undefined) return <Billing org={org} />
  return (
    <>
      <PageHead title="Billing" of={org.name} />
      <Empty title="You can’t view this page">{reason}</Empty>
    </>
  )
}

function Billing({ org }: { org: Org }) {
  const [days] = useDays()
  const seats = useReply(billing.getSeats, { params: { org: org.name }, query: { days: daysOf(days) } })
  return (
    <>
      <PageHead title="Billing" of={org.name} state={<SeatsSentence org={org} seats={seats} />} guide="seats" />
      <SeatHistory org={org} seats={seats} />
      <NextInvoice org={org} />
    </>
  )
}

/** `38 of 50 seats used · 36 members · 2 pending invitations · 12 available`. */
function SeatsSentence({ org, seats }: { org: Org; seats: billing.Seats }) {
  const { plan, limit, used, members, pending, free } = seats
  const reserved = plan !== 'free'
  return (
    <>
      {limit === null
        ? `${counted(used, 'seat')} used`
        : `${used.toLocaleString('en')} of ${counted(limit, 'seat')} used`}{' '}
      ·{' '}
      <LinkTo to="/organizations/$org/settings/members" params={{ org: org.name }} className="nowrap">
        {counted(members, 'member')}
      </LinkTo>
      {(reserved || pending > 0) && (
        <>
          {' · '}
          <LinkTo to="/organizations/$org/settings/invitations" params={{ org: org.name }} className="nowrap">
            {counted(pending, 'pending invitation')}
          </LinkTo>
          {!reserved && ' (no seat on this plan)'}
        </>
      )}
      {free !== null && ` · ${free.toLocaleString('en')} available`} · {plan} plan
      {free === 0 && '. New people can’t join until a seat is available or a site admin raises the limit.'}
    </>
  )
}
