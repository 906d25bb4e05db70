import { Alert, Button, Group, Modal, Text } from '@mantine/core'
import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from 'react'

interface Frame {
  opened: boolean
  title: ReactNode
  size?: string
  /** Holds what is shown only once: neither Escape nor a click outside closes it. */
  stays?: boolean
  onClose: () => void
  children: ReactNode
}

/** A dialog. What was typed into its form is not lost to Escape or a click outside: it asks first. */
export function Dialog({ opened, title, size, stays = false, onClose, children }: Frame) {
  const body = useRef<HTMLDivElement>(null)
  const touched = useRef(false)
  const [isAsking, setAsking] = useState(false)
  useEffect(() => {
    if (opened) return
    touched.current = false
    setAsking(false)
  }, [opened])
  const touch = (event: SyntheticEvent) => {
    // Options stand outside the dialog on the page; their clicks arrive here all the same.
    if (event.type !== 'click' || isChoice(event.target)) touched.current = true
  }
  const leave = () => {
    if (touched.current && body.current?.querySelector('form')) setAsking(true)
    else onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={title}
      closeOnEscape={!stays}
      closeOnClickOutside={!stays}
      {...(size === undefined ? {} : { size })}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only watches what happens inside */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys arrive as input */}
      <div ref={body} data-asks onInput={touch} onClick={touch}>
        {children}
      </div>
      {isAsking && <Unsaved onKeep={() => setAsking(false)} onDiscard={onClose} />}
    </Modal>
  )
}

function isChoice(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[role="option"]') !== null
}

function Unsaved({ onKeep, onDiscard }: { onKeep: () => void; onDiscard: () => void }) {
  const keep = useRef<HTMLButtonElement>(null)
  useEffect(() => keep.current?.focus(), [])
  return (
    <Alert variant="light" color="hall" mt="md" role="alert" title="Unsaved changes">
      <Text size="sm">If you close this dialog, what you entered is lost.</Text>
      <Group gap="sm" mt="sm">
        <Button ref={keep} size="xs" onClick={onKeep}>
          Keep editing
        </Button>
        <Button size="xs" color="red" variant="outline" onClick={onDiscard}>
          Discard
        </Button>
      </Group>
    </Alert>
  )
}
