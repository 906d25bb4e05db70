import { Alert, Button, Group, Stack } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { HowToUse } from './HowToUse.tsx'

/** The secret of a token, shown this once, and how to use it. */
export function Secret({ token, onDone }: { token: string; onDone: () => void }) {
  return (
    <Stack>
      <Alert variant="light" icon={<IconEyeOff aria-hidden />}>
        Copy this token now. You won’t be able to see it again.
      </Alert>
      <Takeaway label="Access token" value={token} />
      <HowToUse token={token} />
      <Group justify="flex-end">
        <Button variant="filled" onClick={onDone}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}
