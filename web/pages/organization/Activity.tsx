import { Stack } from '@mantine/core'
import { useCallback, useState } from 'react'
import { billing } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { ChangeMany } from './activity/ChangeMany.tsx'
import { Seen } from './activity/Seen.tsx'
import { Search } from './activity/search.ts'
import { Weeks } from './activity/Weeks.tsx'

type Summary = ReturnType<typeof useSummary>

/** When members were last active, and what to do about those who are not. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'activity.view', 'Only admins see who is active.')
  if (reason === undefined) return <Activity org={org} />
  return (
    <>
      <PageHead title="Activity" of={org.name} />
      <Empty title="Not for you to see">{reason}</Empty>
    </>
  )
}

function useSummary(org: Org) {
  return useReply(billing.summarizeActivity, { params: { org: org.name } })
}

function Activity({ org }: { org: Org }) {
  const summary = useSummary(org)
  const [{ change }, setAddress] = useAddressState(Search)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const back = useCallback(() => void setAddress({ change: undefined }), [setAddress])
  return (
    <>
      <PageHead title="Activity" of={org.name} state={<Sentence org={org} summary={summary} />} />
      {change !== undefined && selected.size > 0 ? (
        <ChangeMany
          key={change}
          org={org}
          change={change}
          people={[...selected]}
          onBack={back}
          onDone={() => setSelected(new Set())}
        />
      ) : (
        <Stack gap={0}>
          <Weeks org={org} summary={summary} />
          <Seen org={org} summary={summary} selected={selected} onSelect={setSelected} />
        </Stack>
      )}
    </>
  )
}

/** `38 members: 8 not active for 30 days, 2 never since they joined.` */
function Sentence({ org, summary: { members, idle } }: { org: Org; summary: Summary }) {
  const here = orgSettingsAddress(org.name, 'activity')
  const all = <LinkTo to={here}>{counted(members, 'member')}</LinkTo>
  if (idle['30'] + idle.never === 0) return <>{all}, all of them active in the last 30 days.</>
  return (
    <>
      {all}:{' '}
      {idle['30'] > 0 && (
        <>
          <LinkTo to={here} search={{ idle: '30' }} className="nowrap">
            {idle['30'].toLocaleString('en')} not active
          </LinkTo>{' '}
          in the last 30 days
        </>
      )}
      {idle['30'] > 0 && idle.never > 0 && ', '}
      {idle.never > 0 && (
        <>
          <LinkTo to={here} search={{ idle: 'never' }} className="nowrap">
            {idle.never.toLocaleString('en')} never active
          </LinkTo>{' '}
          since they joined
        </>
      )}
      .
    </>
  )
}
