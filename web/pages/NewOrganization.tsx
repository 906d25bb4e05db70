import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { organizations } from '../../api/index.ts'
import { orgSettingsAddress } from '../addresses.ts'
import { useChange } from '../hub.ts'
import { whyNotAName } from '../names.ts'
import { ErrorNote } from '../pieces/ErrorNote.tsx'
import { PageHead } from '../pieces/PageHead.tsx'
import { SignInFirst } from '../pieces/SignInFirst.tsx'
import { useInstance } from '../session.ts'

/** Creating an organization; who creates it becomes its first admin. */
export function Page() {
  const { account, mayCreateOrganizations } = useInstance()
  if (!account) return <SignInFirst />
  return (
    <Stack gap={0} maw={560} mx="auto">
      <PageHead title="New organization" state="For your team’s models and datasets. You become its first admin." />
      {mayCreateOrganizations ? <Form /> : <Refusal verified={account.emailVerified} />}
    </Stack>
  )
}

function Refusal({ verified }: { verified: boolean }) {
  return (
    <Text>
      {verified
        ? 'Only site admins can create organizations here. Ask one to create yours.'
        : 'Verify your email address first. Use the link in the email we sent you, or resend it above.'}
    </Text>
  )
}

function Form() {
  const [name, setName] = useState('')
  const [fullname, setFullname] = useState('')
  const [details, setDetails] = useState('')
  const navigate = useNavigate()
  const create = useChange(organizations.createOrganization, (org) => navigate({ to: orgSettingsAddress(org.name) }))
  const wrong = name === '' ? undefined : whyNotAName(name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ body: { name, fullname, details } })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description={`URL: ${location.origin}/${name || 'name'}`}
          value={name}
          error={wrong}
          onChange={(event) => setName(event.currentTarget.value.trim())}
          required
          autoFocus
          autoComplete="off"
          spellCheck={false}
        />
        <TextInput
          label="Full name"
          description="Optional. Shown instead of the name."
          maxLength={100}
          value={fullname}
          onChange={(event) => setFullname(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          description="Optional. Shown on its page. Supports Markdown."
          autosize
          minRows={3}
          maxLength={2000}
          value={details}
          onChange={(event) => setDetails(event.currentTarget.value)}
        />
        <ErrorNote error={create.error} />
        <Group>
          <Button
            type="submit"
            variant="filled"
            loading={create.isPending}
            disabled={name === '' || wrong !== undefined}
          >
            Create {name || 'organization'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
