import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { CopyButton } from '../../../pieces/Copy.tsx'
import { useInstance } from '../../../session.ts'
import classes from './RecoveryCodes.module.css'

interface Codes {
  codes: string[]
  /** Whether 2FA was turned on just now. */
  fresh: boolean
  onDone: () => void
}

/** Recovery codes, shown this once: to copy, download or print. */
export function RecoveryCodes({ codes, fresh, onDone }: Codes) {
  const { name, account } = useInstance()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const text = codes.join('\n')
  const file = `${name}: recovery codes of ${account?.name ?? 'you'}\nEach code works once, instead of an authentication code.\n\n${text}\n`
  return (
    <Stack gap="md" className={classes.codes ?? ''}>
      <div>
        <Title order={3} size="h5" ref={heading} tabIndex={-1} className={classes.heading ?? ''}>
          {fresh ? '2FA is on. Save your recovery codes.' : 'Save your new recovery codes.'}
        </Title>
        <Text size="sm" mt={4}>
          Each code works once, if you lose access to your authenticator app. They aren’t shown again.
        </Text>
      </div>
      <ul className={classes.list} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code} className="mono">
            {code}
          </li>
        ))}
      </ul>
      <Group gap="xs" className={classes.buttons ?? ''}>
        <CopyButton value={text}>Copy</CopyButton>
        <Button leftSection={<IconDownload size={16} aria-hidden />} onClick={() => download(file, account?.name)}>
          Download
        </Button>
        <Button leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
          Print
        </Button>
        <Button variant="filled" onClick={onDone}>
          I saved them
        </Button>
      </Group>
    </Stack>
  )
}

function download(text: string, who = 'account'): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = `recovery-codes-${who}.txt`
  link.click()
  URL.revokeObjectURL(link.href)
}
