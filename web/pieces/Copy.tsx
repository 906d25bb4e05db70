import { ActionIcon, Button, Group, TextInput, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'

const shownForMs = 2000

/** Puts text on the clipboard; the button says for a moment that it did. */
function useCopy(value: string) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await toClipboard(value)
    setCopied(true)
    setTimeout(() => setCopied(false), shownForMs)
  }
  return { copied, copy }
}

async function toClipboard(value: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value)
  } catch {
    // Browsers keep the clipboard from pages without https; the older way still works there.
    copySelected(value)
  }
}

function copySelected(value: string): void {
  const area = document.createElement('textarea')
  area.value = value
  // Inside an open dialog, so that the dialog does not take the focus back.
  const place = document.activeElement?.closest('[role="dialog"]') ?? document.body
  place.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

/** A small button that copies. */
export function CopyIcon({ value, label, size = 'lg' }: { value: string; label: string; size?: 'sm' | 'lg' }) {
  const { copied, copy } = useCopy(value)
  const words = copied ? 'Copied' : label
  const pixels = size === 'sm' ? 14 : 17
  return (
    <Tooltip label={words}>
      <ActionIcon
        variant={size === 'sm' ? 'subtle' : 'default'}
        color="gray"
        size={size}
        aria-label={words}
        onClick={copy}
      >
        {copied ? <IconCheck size={pixels} aria-hidden /> : <IconCopy size={pixels} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  )
}

/** A button with words that copies. */
export function CopyButton({ value, children }: { value: string; children: string }) {
  const { copied, copy } = useCopy(value)
  const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
  return (
    <Button leftSection={icon} onClick={copy} aria-live="polite">
      {copied ? 'Copied' : children}
    </Button>
  )
}

/** A value to take away whole: selected by a click, copied by the button beside it. */
export function Takeaway({ label, value, description }: { label: string; value: string; description?: string }) {
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <TextInput
        label={label}
        {...(description === undefined ? {} : { description })}
        value={value}
        readOnly
        spellCheck={false}
        flex={1}
        miw={0}
        // At 14 pixels, some fonts lose the underscore of a token.
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyIcon value={value} label={`Copy: ${label}`} />
    </Group>
  )
}
