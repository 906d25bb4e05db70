import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { sayDay } from '../../../pieces/When.tsx'
import { counted, roleNames } from '../../../words.ts'

interface Shown {
  url: string
  role: keyof typeof roleNames
  maxUses: number | null
  emailDomain: string | null
  expiresAt: string
}

/** An invite link, shown this once. */
export function LinkShown({ link, onDone }: { link: Shown; onDone: () => void }) {
  return (
    <Stack>
      <Alert variant="light" icon={<IconEyeOff aria-hidden />}>
        Copy the link now. You won’t be able to see it again.
      </Alert>
      <Takeaway label="Invite link" value={link.url} />
      <Text size="sm" c="dimmed">
        {whatItDoes(link)}
      </Text>
      <Group justify="flex-end">
        <Button variant="filled" onClick={onDone}>
          Done
        </Button>
      </Group>
    </Stack>
  )
}

function whatItDoes({ role, maxUses, emailDomain, expiresAt }: Shown): string {
  const who =
    emailDomain === null ? 'Anyone with this link' : `Anyone with this link and a verified @${emailDomain} email`
  const uses = maxUses === null ? '' : `, up to ${counted(maxUses, 'person', 'people')}`
  return `${who} can join with the ${roleNames[role]} role until ${sayDay(expiresAt)}${uses}.`
}
