import { billing, type ReplyOf } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { Weeks } from './activity/Weeks.tsx'

type Summary = ReplyOf<typeof billing.summarizeActivity>

/** How many members were active, week by week; who they are, the members page shows. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'activity.view', 'Only admins can see activity.')
  if (reason === undefined) return <Activity org={org} />
  return (
    <>
      <PageHead title="Activity" of={org.name} />
      <Empty title="You can’t see activity">{reason}</Empty>
    </>
  )
}

function Activity({ org }: { org: Org }) {
  const summary = useReply(billing.summarizeActivity, { params: { org: org.name } })
  return (
    <>
      <PageHead
        title="Activity"
        of={org.name}
        guide="activity"
        state={<Sentence org={org} summary={summary} />}
        action={
          <ButtonTo
            to="/organizations/$org/settings/members"
            params={{ org: org.name }}
            search={{ sort: 'lastActive' }}
          >
            View members by activity
          </ButtonTo>
        }
      />
      <Weeks org={org} summary={summary} />
    </>
  )
}

const periods: [billing.Idle, string][] = [
  ['30', 'inactive for 30 days'],
  ['60', 'for 60 days'],
  ['90', 'for 90 days'],
  ['never', 'never active'],
]

/** `38 members · 8 inactive for 30 days · 2 never active`, each number a link that filters the members. */
function Sentence({ org, summary: { members, idle } }: { org: Org; summary: Summary }) {
  const here = { to: '/organizations/$org/settings/members', params: { org: org.name } } as const
  return (
    <>
      <LinkTo {...here}>{counted(members, 'member')}</LinkTo>
      {periods
        .filter(([period]) => idle[period] > 0)
        .map(([period, words]) => (
          <span key={period}>
            {' · '}
            <LinkTo {...here} search={{ idle: period }} className="nowrap">
              {idle[period].toLocaleString('en')} {words}
            </LinkTo>
          </span>
        ))}
    </>
  )
}
