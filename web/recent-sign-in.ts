import { useSyncExternalStore } from 'react'

type Answer = (confirmed: boolean) => void

// Requests that are refused at the same moment wait for one dialog.
let asked: { answer: Answer; confirmed: Promise<boolean> } | undefined
const listeners = new Set<() => void>()

function set(next: typeof asked): void {
  asked = next
  for (const listener of listeners) listener()
}

function finish(confirmed: boolean): void {
  const answer = asked?.answer
  set(undefined)
  answer?.(confirmed)
}

/** Opens the dialog that confirms it is you; true once the password was right, false when it is closed. */
export function askToConfirm(): Promise<boolean> {
  if (asked) return asked.confirmed
  let answer: Answer = () => undefined
  const confirmed = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  set({ answer, confirmed })
  return confirmed
}

/** What the dialog answers with while it is asked for; undefined otherwise. */
export function useConfirmationAsked(): Answer | undefined {
  const current = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )
  return current && finish
}
