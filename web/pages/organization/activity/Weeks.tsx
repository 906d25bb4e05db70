import { Text } from '@mantine/core'
import type { billing, ReplyOf } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { WeekBars } from '../../../pieces/WeekBars.tsx'

type Summary = ReplyOf<typeof billing.summarizeActivity>

/** How many members were active in each of the last weeks. */
export function Weeks({ org, summary }: { org: Org; summary: Summary }) {
  const weeks = summary.weeks.map(({ from, active }) => ({ from, count: active }))
  const most = Math.max(...weeks.map(({ count }) => count), 0)
  return (
    <Block title="Active members by week" wide>
      {most === 0 ? (
        <Text size="sm" c="dimmed">
          No activity yet. Guildhall counts members who use {org.name} on these pages, through the API, with Git, or
          with SSO.
        </Text>
      ) : (
        <WeekBars label="Active members by week" unit="active members" weeks={weeks} most={most} />
      )}
    </Block>
  )
}
