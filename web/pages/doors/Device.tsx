import { Button, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { z } from 'zod'
import { ApiError, oauth } from '../../../api/index.ts'
import { type AddressState, useAddressState } from '../../address-state.ts'
import { useRehearsal } from '../../hub.ts'
import { ErrorNote } from '../../pieces/ErrorNote.tsx'
import { Form } from '../../pieces/Form.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import { useAccount } from '../../session.ts'
import { Door } from './Door.tsx'
import { Approval } from './device/Approval.tsx'

const Search = z.object({ code: z.string().min(1).max(100) })
export type Search = AddressState<typeof Search>

/** Where a person approves that a program signs in as them. */
export function Page() {
  const account = useAccount()
  const [{ code }, setAddress] = useAddressState(Search)
  if (!account) return <SignInFirst />
  if (code === undefined) return <EnterCode onEntered={(entered) => void setAddress({ code: entered }, 'push')} />
  return <OfCode key={code} code={code} onEntered={(entered) => void setAddress({ code: entered })} />
}

interface Entering {
  onEntered: (code: string) => void
  error?: unknown
}

function EnterCode({ onEntered, error }: Entering) {
  const [code, setCode] = useState('')
  return (
    <Door title="Authorize a device" state="Enter the code that is shown in your terminal.">
      <Form label="Authorize a device" onSubmit={() => code.trim() !== '' && onEntered(code.trim())} rest={error}>
        <TextInput
          label="Code"
          description="10 letters, for example WDJBM-JHTQX."
          maxLength={40}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          required
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" variant="filled">
          Continue
        </Button>
      </Form>
    </Door>
  )
}

// Asked once: a code that was just used is asked for again by nothing, since that would count as a wrong one.
function OfCode({ code, onEntered }: Entering & { code: string }) {
  const { data: device, error } = useRehearsal(oauth.viewDevice, { params: { code } })
  if (error instanceof ApiError) return <EnterCode onEntered={onEntered} error={error} />
  if (error) {
    return (
      <Door title="Authorize a device" state="The code could not be checked.">
        <Stack>
          <ErrorNote error={error} />
        </Stack>
      </Door>
    )
  }
  return device ? <Approval device={device} /> : <PageSkeleton />
}
