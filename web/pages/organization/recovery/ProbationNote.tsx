import { Alert, Text } from '@mantine/core'
import { IconHourglass } from '@tabler/icons-react'
import { sayDay } from '../../../pieces/When.tsx'

/** What an admin by recovery may not do for a while yet. */
export function ProbationNote({ until }: { until: string }) {
  return (
    <Alert variant="light" icon={<IconHourglass aria-hidden />} title={`You are on probation until ${sayDay(until)}`}>
      <Text size="sm">
        You became admin by recovery. You may invite, set roles and change settings; until then you may not delete the
        organization, move or publish repositories, or turn off 2FA.
      </Text>
    </Alert>
  )
}
