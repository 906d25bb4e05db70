import { Button, Checkbox, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { users } from '../../../api/index.ts'
import { useAddressSecret } from '../../address-state.ts'
import { useFields } from '../../form.ts'
import { useChange } from '../../hub.ts'
import { Form } from '../../pieces/Form.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { AccountFields, newAccountBody, noAccount, whyNotYet } from './AccountFields.tsx'
import { Door, GoOn } from './Door.tsx'

/** First-time setup: the account of the first site admin. */
export function Page() {
  const { needsSetup, account } = useInstance()
  const printed = useAddressSecret('code')
  if (account && !needsSetup) return <GoOn to="/" />
  if (!needsSetup) {
    return (
      <Door title="Set up already" state="This hub has its operator. Sign in, or ask them for an account.">
        <ButtonTo to="/login" variant="filled">
          Sign in
        </ButtonTo>
      </Door>
    )
  }
  return (
    <Door
      title="Welcome to your hub"
      state="It runs, and has no operator yet. The account you make here is the operator’s: it runs this installation."
    >
      {/* The printed address may be opened in this very tab: only what is behind the # changes then. */}
      <FirstAccount key={printed ?? ''} printed={printed ?? ''} />
    </Door>
  )
}

function FirstAccount({ printed }: { printed: string }) {
  const [demo, setDemo] = useState(false)
  const create = useChange(users.setup, sessionChanged)
  const { values, field, rest } = useFields({ ...noAccount, code: printed }, create.error)
  const wrong = whyNotYet(values)
  const code = values.code.trim()
  const body = { ...newAccountBody(values), code, ...(demo && { demo }) }
  return (
    <Form
      label="Set up"
      error={create.error}
      rest={rest}
      onSubmit={() => wrong === undefined && create.mutate({ body })}
    >
      <AccountFields values={values} field={field} />
      <TextInput
        label="Setup code"
        description="In the address that the hub printed when it started."
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        required
        {...field('code')}
      />
      <Checkbox
        label="Also fill in a demo organization"
        description="42 people, 12 repositories and 4 resource groups to look around in."
        checked={demo}
        onChange={(event) => setDemo(event.currentTarget.checked)}
      />
      <Button type="submit" variant="filled" loading={create.isPending}>
        Create the operator account
      </Button>
      {create.isPending && demo && (
        <Text size="sm" c="dimmed" role="status">
          Creating the account, 42 people and 12 repositories. This takes a few seconds.
        </Text>
      )}
    </Form>
  )
}
