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
          No activity yet. From now on, Guildhall counts who uses {org.name}: on these pages, by API, by git, by single
          sign-on.
        </Text>
      ) : (
        <WeekBars label="Active members by week" unit="active members" weeks={weeks} most={most} />
      )}
    </Block>
  )
}
