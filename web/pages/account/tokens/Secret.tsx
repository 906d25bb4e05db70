import { Alert, Button, Group, Stack } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import type { ReplyOf, tokens } from '../../../../api/index.ts'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { HowToUse } from './HowToUse.tsx'
import { StandingNotes } from './Standing.tsx'

type New = Pick<ReplyOf<typeof tokens.createToken>, 'token' | 'organizations'>

/** The secret of a token, shown this once, and how to use it. */
export function Secret({ of: { token, organizations }, onDone }: { of: New; onDone: () => void }) {
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
