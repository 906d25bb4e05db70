import { Button, Group, Text, Textarea, TextInput } from '@mantine/core'
import { organizations, type users } from '../../api/index.ts'
import { useApiForm } from '../form.ts'
import { useGo } from '../go.ts'
import { nameInUrl, whyNotAName } from '../names.ts'
import { ApiForm } from '../pieces/Form.tsx'
import { PageColumn } from '../pieces/PageColumn.tsx'
import { PageHead } from '../pieces/PageHead.tsx'
import { SignInFirst } from '../pieces/SignInFirst.tsx'
import { useInstance } from '../session.ts'
import { whereTheLinkIs } from '../words.ts'

/** Creating an organization; who creates it becomes its first admin. */
export function Page() {
  const { account, mayCreateOrganizations } = useInstance()
  if (!account) return <SignInFirst />
  return (
    <PageColumn gap={0}>
      <PageHead title="New organization" state="For your team’s models and datasets. You become its first admin." />
      {mayCreateOrganizations ? <OrganizationForm /> : <Refusal account={account} />}
    </PageColumn>
  )
}

function Refusal({ account: { managedBy, emailVerified } }: { account: users.Account }) {
  const { sendsMail } = useInstance()
  if (managedBy !== null)
    return <Text>{managedBy} manages your account, so you can’t create or join another organization.</Text>
  return (
    <Text>
      {emailVerified
        ? 'Only site admins can create organizations here. Ask one to create yours.'
        : `Verify your email address first. ${whereTheLinkIs(sendsMail)}`}
    </Text>
  )
}

function OrganizationForm() {
  const go = useGo()
  const form = useApiForm(organizations.createOrganization, {
    start: { name: '', fullname: '', details: '' },
    input: ({ name, ...rest }) => ({ body: { ...rest, name: name.trim() } }),
    check: ({ name }) => ({ name: name === '' ? undefined : whyNotAName(name.trim()) }),
    after: (org) => go({ to: '/$name', params: { name: org.name } }),
  })
  return (
    <ApiForm of={form} label="New organization">
      <TextInput
        label="Name"
        description={`URL: ${location.origin}/${nameInUrl(form.values.name)}`}
        required
        autoFocus
        autoComplete="off"
        spellCheck={false}
        {...form.field('name')}
      />
      <TextInput
        label="Display name"
        description="Optional. Shown instead of the name."
        maxLength={100}
        {...form.field('fullname')}
      />
      <Textarea
        label="Description"
        description="Optional. Shown on its page. Supports Markdown."
        autosize
        minRows={3}
        maxLength={2000}
        {...form.field('details')}
      />
      <Group>
        <Button type="submit" variant="filled" loading={form.change.isPending}>
          Create organization
        </Button>
      </Group>
    </ApiForm>
  )
}
