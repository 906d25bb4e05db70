import { Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useRef } from 'react'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'

/**
 * Asks before a page with unsaved work is left, by a link, by going back, or by closing the window. `release` lets the
 * next step pass; `question` has to stand on the page.
 */
export function useUnsaved(isUnsaved: boolean, words: string) {
  const released = useRef(false)
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isUnsaved && !released.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => isUnsaved && !released.current,
    withResolver: true,
  })
  const question = (
    <ConfirmByTyping
      opened={blocker.status === 'blocked'}
      title="Discard uncommitted changes"
      label="Discard changes"
      onConfirm={() => blocker.proceed?.()}
      onClose={() => blocker.reset?.()}
    >
      <Text size="sm">{words}</Text>
    </ConfirmByTyping>
  )
  return {
    question,
    release: () => {
      released.current = true
    },
  }
}
