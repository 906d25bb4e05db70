import { Box, Button, Group, List, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { users } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'

interface Begun {
  secret: string
  uri: string
}

/** The secret goes into the authenticator, and a first code shows that it is there. */
export function ConfirmTwoFactor(props: Begun & { onDone: (codes: string[]) => void; onCancel: () => void }) {
  const form = useApiForm(users.confirmTwoFactor, {
    start: { code: '' },
    input: ({ code }) => ({ body: { code: code.trim() } }),
    after: ({ recoveryCodes }) => props.onDone(recoveryCodes),
  })
  return (
    <ApiForm of={form} label="Confirm 2FA">
      <List type="ordered" size="sm" spacing={4}>
        <List.Item>Scan the QR code with your authenticator app, or enter the secret.</List.Item>
        <List.Item>Enter the 6-digit code that the app shows.</List.Item>
      </List>
      <Group align="flex-start" gap="lg">
        <QrCode uri={props.uri} />
        <Stack flex="1 1 14rem">
          <Takeaway label="Secret" value={props.secret} />
          <TextInput
            label="Authentication code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={64}
            required
            autoFocus
            {...form.field('code')}
          />
        </Stack>
      </Group>
      <Group gap="xs">
        <Button type="submit" variant="filled" loading={form.change.isPending}>
          Turn on 2FA
        </Button>
        <Button onClick={props.onCancel}>Cancel</Button>
      </Group>
    </ApiForm>
  )
}

const qrSize = 190

function QrCode({ uri }: { uri: string }) {
  const { data, isError } = useQuery({ queryKey: ['qr', uri], queryFn: () => draw(uri), gcTime: 0 })
  if (isError) return <Text size="sm">The QR code can’t be shown. Enter the secret instead.</Text>
  if (!data) return <Skeleton width={qrSize} height={qrSize} />
  return (
    // White in both schemes, since cameras read dark on light.
    <Box bg="white" p={8} style={{ borderRadius: 8, border: '1px solid var(--hall-line)', lineHeight: 0 }}>
      <img src={data} alt="QR code for your authenticator app" width={qrSize} height={qrSize} />
    </Box>
  )
}

// Fetched only during 2FA setup; the secret stays in this page.
async function draw(uri: string): Promise<string> {
  const { toString: toSvg } = await import('qrcode')
  const svg = await toSvg(uri, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' })
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
}
