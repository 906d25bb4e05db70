import { Progress, Stack, Text } from '@mantine/core'
import { IconGauge } from '@tabler/icons-react'
import { rates } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ErrorText } from '../../pieces/ErrorText.tsx'
import { PageColumn } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { When } from '../../pieces/When.tsx'

const nearlyUsed = 0.8

const names: Record<rates.RateLimit['bucket'], string> = {
  api: 'API requests',
  resolvers: 'Downloads and Git requests',
  pages: 'Page views',
}

/** What you have used of your rate limits. */
export function Page() {
  const limits = useReply(rates.listRateLimits)
  return (
    <>
      <PageHead
        title="Rate limits"
        state="Requests in 5 minutes, from all your sessions and tokens together."
        guide="rate-limits"
      />
      {limits.length === 0 ? (
        <Empty title="No rate limits" icon={<IconGauge size={28} />}>
          A site admin can set limits for this instance.
        </Empty>
      ) : (
        <PageColumn gap="xl">
          {limits.map((limit) => (
            <Gauge key={limit.bucket} {...limit} />
          ))}
        </PageColumn>
      )}
    </>
  )
}

function Gauge({ bucket, limit, used, resetAt }: rates.RateLimit) {
  const share = used / limit
  return (
    <Stack gap={6}>
      <Text fw={500}>{names[bucket]}</Text>
      <Progress.Root size="md">
        <Progress.Section aria-label={names[bucket]} value={Math.min(100, share * 100)} color={colorOf(share)} />
      </Progress.Root>
      <Text size="sm" c="dimmed">
        {used.toLocaleString('en')} of {limit.toLocaleString('en')} used · resets <When time={resetAt} />
      </Text>
      {share >= 1 && <ErrorText>You’ve reached this limit. Requests are refused until it resets.</ErrorText>}
    </Stack>
  )
}

function colorOf(share: number): string {
  if (share >= 1) return 'red'
  return share >= nearlyUsed ? 'orange' : 'var(--mantine-primary-color-filled)'
}
