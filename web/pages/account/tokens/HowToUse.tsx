import { Code, Group, Stack, Text } from '@mantine/core'
import { CopyIcon } from '../../../pieces/Copy.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'

/** What to set so that scripts and clients use a token here. */
export function HowToUse({ token }: { token: string }) {
  const lines = `export HF_ENDPOINT=${location.origin}\nexport HF_TOKEN=${token}`
  return (
    <Stack gap="xs">
      <Text size="sm">Set two environment variables:</Text>
      <Group align="flex-start" gap="xs" wrap="nowrap">
        <Code block flex={1} miw={0}>
          {lines}
        </Code>
        <CopyIcon value={lines} label="Copy both lines" />
      </Group>
      <Text size="sm" c="dimmed">
        With curl: <Code>curl -H "Authorization: Bearer $HF_TOKEN" $HF_ENDPOINT/api/whoami-v2</Code>. See the{' '}
        <LinkTo to="/docs/api" inherit>
          API reference
        </LinkTo>
        .
      </Text>
    </Stack>
  )
}
