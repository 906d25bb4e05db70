import { Button } from '@mantine/core'
import { z } from 'zod'
import { emails } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useChange } from '../../hub.ts'
import { Form } from '../../pieces/Form.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { useAccount } from '../../session.ts'
import { Door, useNext } from './Door.tsx'

const Search = z.object({ token: z.string() })
const joinPath = /^\/join\/[\w-]{10,100}$/

/** The link of a verification mail. A button, since mail scanners open links but press nothing. */
export function Page() {
  const account = useAccount()
  const [{ token }] = useAddressState(Search)
  const verify = useChange(emails.verifyEmail)
  const next = useNext()
  const onward = onwardTo(account !== null, next)
  if (verify.isSuccess) {
    const { email, username } = verify.data
    return (
      <Door title="Verified" state={`${email} is now a verified address of ${username}.`}>
        <ButtonTo to={onward.to} variant="filled">
          {onward.label}
        </ButtonTo>
      </Door>
    )
  }
  if (token === undefined) {
    return (
      <Door
        title="Verify an address"
        state="The link is not whole: open it from the mail once more, or copy all of it."
      >
        <ButtonTo to="/settings/account">Your addresses</ButtonTo>
      </Door>
    )
  }
  return (
    <Door title="Verify your address" state="One press, and the address is known to be yours.">
      <Form label="Verify" rest={verify.error} onSubmit={() => verify.mutate({ body: { token } })}>
        <Button type="submit" variant="filled" loading={verify.isPending} autoFocus>
          Verify the address
        </Button>
        {verify.isError && <ButtonTo to="/settings/account">Have a new link sent</ButtonTo>}
      </Form>
    </Door>
  )
}

// The mail of someone who signed up by an invitation leads back to it.
function onwardTo(isSignedIn: boolean, next: string): { to: string; label: string } {
  if (joinPath.test(next)) return { to: next, label: 'Go on to the invitation' }
  return isSignedIn ? { to: '/', label: 'Go to your first page' } : { to: '/login', label: 'Sign in' }
}
