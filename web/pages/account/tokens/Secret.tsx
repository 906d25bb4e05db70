import { Alert, Button, Group, Stack } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import type { tokens } from '../../../../api/index.ts'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { HowToUse } from './HowToUse.tsx'
import { StandingNotes } from './Standing.tsx'

interface Shown {
  token: string
  organizations?: tokens.Standing[]
  onDone: () => void
}

/** The secret of a token, shown this once, and how to use it. */
export function Secret({ token, organizations = [], onDone }: Shown) {
  return (
    <Stack>
      <Alert variant="light" icon={<IconEyeOff aria-hidden />}>
        Copy this token now. You won’t be able to see it again.
      </Alert>
      <Takeaway label="Access token" value={token} />
      <StandingNotes of={organizations} />
      <HowToUse token={token} />
      <Group justify="flex-end">
        <Button variant="filled" onClick={onDone}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
