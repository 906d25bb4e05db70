import { Anchor } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { signInAddress } from './next.ts'

const id = 'session-ended'
let isShown = false

/** Says on the page at hand that the session has ended, and how to go on; the page stays as it is, with what was entered. */
export function tellSessionEnded(): void {
  if (isShown) return
  isShown = true
  notifications.show({
    id,
    title: 'Your session has ended',
    message: (
      <>
        <Anchor inherit href={signInAddress()} target="_blank">
          Sign in in a new tab
        </Anchor>
        , then continue here. What you entered on this page is kept.
      </>
    ),
    color: 'yellow',
    autoClose: false,
    onClose: () => {
      isShown = false
    },
  })
}

/** Takes the message away once a request is answered again. */
export function sessionIsBack(): void {
  if (isShown) notifications.hide(id)
}
