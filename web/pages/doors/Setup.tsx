import { Button, Checkbox, Text, TextInput } from '@mantine/core'
import { users } from '../../../api/index.ts'
import { useAddressSecret } from '../../address-state.ts'
import { useApiForm } from '../../form.ts'
import { ApiForm } from '../../pieces/Form.tsx'
import { GoTo } from '../../pieces/GoTo.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { sessionChanged, useInstance } from '../../session.ts'
import { AccountFields, checkAccount, newAccountBody, noAccount } from './AccountFields.tsx'
import { Door } from './Door.tsx'

/** First-time setup: the account of the first site admin. */
export function Page() {
  const { needsSetup, account, demo } = useInstance()
  const printed = useAddressSecret('code')
  if (account && !needsSetup) return <GoTo to="/" />
  if (!needsSetup) {
    return (
      <Door
        title="Setup is complete"
        state="This instance already has a site admin. Sign in, or ask them for an account."
      >
        <ButtonTo to="/login" variant="filled">
          Sign in
        </ButtonTo>
      </Door>
    )
  }
  return (
    <Door title="Welcome to Guildhall" state="Create the first account. It becomes the site admin of this instance.">
      {/* The printed address may be opened in this very tab: only what is behind the # changes then. */}
      <FirstAccount key={printed ?? ''} printed={printed ?? ''} hasDemo={demo !== null} />
    </Door>
  )
}

function FirstAccount({ printed, hasDemo }: { printed: string; hasDemo: boolean }) {
  const form = useApiForm(users.setup, {
    start: { ...noAccount, code: printed, demo: false },
    input: ({ code, demo, ...account }) => ({
      body: { ...newAccountBody(account), code: code.trim(), ...(demo && { demo }) },
    }),
    check: checkAccount,
    after: sessionChanged,
  })
  const { values, field, change } = form
  return (
    <ApiForm of={form} label="Set up">
      <AccountFields values={values} field={field} />
      <TextInput
        label="Setup code"
        description="Printed in the terminal when Guildhall started."
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        required
        {...field('code')}
      />
      {!hasDemo && (
        <Checkbox
          label="Add a demo organization"
          description="Sample data: 42 people, 12 repositories, and 4 resource groups."
          {...form.tick('demo')}
        />
      )}
      <Button type="submit" variant="filled" loading={change.isPending}>
        Create site admin account
      </Button>
      {change.isPending && values.demo && (
        <Text size="sm" c="dimmed" role="status">
          Creating your account and the demo organization. This takes a few seconds.
        </Text>
      )}
    </ApiForm>
  )
}
