import { Box, Button, Group, List, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { users } from '../../../../api/index.ts'
import { useFields } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { Form } from '../../../pieces/Form.tsx'

interface Begun {
  secret: string
  uri: string
}

/** The secret goes into the authenticator, and a first code shows that it is there. */
export function ConfirmTwoFactor(props: Begun & { onDone: (codes: string[]) => void; onCancel: () => void }) {
  const confirm = useChange(users.confirmTwoFactor, ({ recoveryCodes }) => props.onDone(recoveryCodes))
  const { values, field, rest } = useFields({ code: '' }, confirm.error)
  return (
    <Form
      label="Confirm 2FA"
      error={confirm.error}
      rest={rest}
      onSubmit={() => confirm.mutate({ body: { code: values.code.trim() } })}
    >
      <List type="ordered" size="sm" spacing={4}>
        <List.Item>Scan the picture with an authenticator app, or type the secret into it.</List.Item>
        <List.Item>Type the six digits it shows. Nothing is in force before that.</List.Item>
      </List>
      <Group align="flex-start" gap="lg">
        <QrCode uri={props.uri} />
        <Stack flex="1 1 14rem">
          <Takeaway label="Secret" value={props.secret} />
          <TextInput
            label="Code from the authenticator"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={64}
            required
            autoFocus
            {...field('code')}
          />
        </Stack>
      </Group>
      <Group gap="xs">
        <Button type="submit" variant="filled" loading={confirm.isPending}>
          Turn on
        </Button>
        <Button onClick={props.onCancel}>Cancel</Button>
      </Group>
    </Form>
  )
}

const qrSize = 190

function QrCode({ uri }: { uri: string }) {
  const { data, isError } = useQuery({ queryKey: ['qr', uri], queryFn: () => draw(uri), gcTime: 0 })
  if (isError) return <Text size="sm">The picture could not be drawn; type the secret instead.</Text>
  if (!data) return <Skeleton width={qrSize} height={qrSize} />
  return (
    // White in both schemes, since cameras read dark on light.
    <Box bg="white" p={8} style={{ borderRadius: 8, border: '1px solid var(--hall-line)', lineHeight: 0 }}>
      <img src={data} alt="QR code with the secret for the authenticator" width={qrSize} height={qrSize} />
    </Box>
  )
}

// Fetched only during 2FA setup; the secret stays in this page.
async function draw(uri: string): Promise<string> {
  const { toString: toSvg } = await import('qrcode')
  const svg = await toSvg(uri, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' })
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
}
