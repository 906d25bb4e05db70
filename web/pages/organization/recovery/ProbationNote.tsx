import { Alert, Text } from '@mantine/core'
import { IconHourglass } from '@tabler/icons-react'
import { sayDay } from '../../../pieces/When.tsx'

/** What an admin by recovery can’t do yet. */
export function ProbationNote({ until }: { until: string }) {
  return (
    <Alert variant="light" icon={<IconHourglass aria-hidden />} title={`You’re on probation until ${sayDay(until)}`}>
      <Text size="sm">
        You became admin by recovery. You can invite people, change roles, and change settings. Until then, you can’t
        delete the organization, move repositories, make them public, or stop requiring 2FA.
      </Text>
    </Alert>
  )
}
