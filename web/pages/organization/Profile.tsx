import { Button, Fieldset, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { organizations } from '../../../api/index.ts'
import { namespaceAddress } from '../../addresses.ts'
import { useChange } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { Markdown } from '../../pieces/Markdown.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { sayDay } from '../../pieces/When.tsx'

/** What everybody sees about an organization. */
export function Page() {
  const org = useOrg()
  return (
    <>
      <PageHead
        title="Profile"
        of={org.name}
        state={
          <>
            What everybody sees on <LinkTo to={namespaceAddress(org.name)}>the page of {org.name}</LinkTo>. Created{' '}
            {sayDay(org.createdAt)}.
          </>
        }
      />
      <Form key={org.id} org={org} />
    </>
  )
}

function Form({ org }: { org: Org }) {
  const [fullname, setFullname] = useState(org.fullname)
  const [details, setDetails] = useState(org.details)
  const [website, setWebsite] = useState(org.website)
  const save = useChange(organizations.updateOrganization, () => showDone('Saved.'))
  const reason = whyNot(org, 'org.update', 'Only admins change the profile.')
  const changed = fullname !== org.fullname || details !== org.details || website !== org.website
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ params: { org: org.name }, body: { fullname, details, website: website.trim() } })
  }
  return (
    <form onSubmit={submit}>
      <Fieldset variant="unstyled" disabled={reason !== undefined} maw={640}>
        <Stack>
          {reason && (
            <Text size="sm" c="dimmed">
              {reason}
            </Text>
          )}
          <Group gap="md">
            <Portrait src={org.avatarUrl} size={56} square />
            <Text size="sm" c="dimmed">
              The picture is drawn from the name.
            </Text>
          </Group>
          <TextInput
            label="Full name"
            description="As people say it; the name in addresses stays."
            maxLength={100}
            value={fullname}
            onChange={({ currentTarget }) => setFullname(currentTarget.value)}
          />
          <Textarea
            label="What it is about"
            description="Markdown; pictures are left out."
            autosize
            minRows={4}
            maxRows={16}
            maxLength={2000}
            value={details}
            onChange={({ currentTarget }) => setDetails(currentTarget.value)}
          />
          {details !== org.details && details !== '' && <Preview text={details} />}
          <TextInput
            label="Website"
            type="url"
            placeholder="https://…"
            maxLength={300}
            value={website}
            onChange={({ currentTarget }) => setWebsite(currentTarget.value)}
          />
          <ErrorNote error={save.error} />
          <Group>
            <Button type="submit" variant="filled" disabled={!changed} loading={save.isPending}>
              Save profile
            </Button>
          </Group>
        </Stack>
      </Fieldset>
    </form>
  )
}

function Preview({ text }: { text: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        It will look like this
      </Text>
      <Markdown text={text} />
    </div>
  )
}
