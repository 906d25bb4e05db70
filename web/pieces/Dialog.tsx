import { Alert, Button, Drawer, Group, Modal, Text } from '@mantine/core'
import { type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from 'react'

interface Frame {
  opened: boolean
  title: ReactNode
  onClose: () => void
  children: ReactNode
}

interface DialogFrame extends Frame {
  size?: string
  /** Holds what is shown only once: neither Escape nor a click outside closes it. */
  stays?: boolean
  /** Opens above a dialog that stays open. It asks for a password at most, so it closes without asking. */
  above?: boolean
}

/** A dialog. What was typed into its form is not lost to Escape or a click outside: it asks first. */
export function Dialog({ opened, title, size, stays = false, above = false, onClose, children }: DialogFrame) {
  const { leave, guarded } = useGuard(opened, onClose, children, !above)
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={title}
      closeOnEscape={!stays}
      closeOnClickOutside={!stays}
      {...(size === undefined ? {} : { size })}
      {...(above ? { zIndex: 400 } : {})}
    >
      {guarded}
    </Modal>
  )
}

/** One entry of a list, at the side of the list. Forms in it are as safe as those in dialogs. */
export function SidePanel({ opened, title, size = 460, onClose, children }: Frame & { size?: number }) {
  const { leave, guarded } = useGuard(opened, onClose, children)
  return (
    <Drawer
      opened={opened}
      onClose={leave}
      position="right"
      size={size}
      title={title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {guarded}
    </Drawer>
  )
}

function useGuard(opened: boolean, onClose: () => void, children: ReactNode, asks = true) {
  const body = useRef<HTMLDivElement>(null)
  const touched = useRef(false)
  const [isAsking, setAsking] = useState(false)
  const isInFront = useOpen(opened)
  useEffect(() => {
    if (opened) return
    touched.current = false
    setAsking(false)
  }, [opened])
  const touch = (event: SyntheticEvent) => {
    // React passes on what happens in dialogs that were opened from this one. Options stand outside of it on the page.
    const isInside = event.target instanceof Node && body.current?.contains(event.target)
    if (event.type === 'click' ? isChoice(event.target) : isInside) touched.current = true
  }
  const leave = () => {
    if (!isInFront()) return
    if (asks && touched.current && body.current?.querySelector('form')) setAsking(true)
    else onClose()
  }
  const guarded = (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only watches what happens inside */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys arrive as input */}
      <div ref={body} onInput={touch} onClick={touch}>
        {children}
      </div>
      {isAsking && <Unsaved onKeep={() => setAsking(false)} onDiscard={onClose} />}
    </>
  )
  return { leave, guarded }
}

function isChoice(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[role="option"]') !== null
}

// Every open dialog hears Escape, and it is meant for the one that was opened last.
const open: object[] = []

function useOpen(opened: boolean): () => boolean {
  const [me] = useState({})
  useEffect(() => {
    if (!opened) return
    open.push(me)
    // The key that closes this one is still on its way to those behind.
    return () => void setTimeout(() => open.splice(open.indexOf(me), 1))
  }, [opened, me])
  return () => open.at(-1) === me
}

function Unsaved({ onKeep, onDiscard }: { onKeep: () => void; onDiscard: () => void }) {
  const keep = useRef<HTMLButtonElement>(null)
  useEffect(() => keep.current?.focus(), [])
  return (
    <Alert variant="light" color="hall" mt="md" role="alert" title="Unsaved changes">
      <Text size="sm">If you close this dialog, your changes are lost.</Text>
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
