import { Anchor, Box, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { organizations } from '../../../api/index.ts'
import { namespaceAddress } from '../../addresses.ts'
import { useChange } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { ErrorNote, showDone } from '../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { Markdown } from '../../pieces/Markdown.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { sayDay } from '../../pieces/When.tsx'

/** What everyone sees about an organization. */
export function Page() {
  const org = useOrg()
  return (
    <>
      <PageHead
        title="Profile"
        of={org.name}
        state={
          <>
            Shown on the <LinkTo to={namespaceAddress(org.name)}>{org.name} page</LinkTo>. Created{' '}
            {sayDay(org.createdAt)}.
          </>
        }
        guide="organizations"
      />
      {org.may.includes('org.update') ? <Form key={org.id} org={org} /> : <ProfileText org={org} />}
    </>
  )
}

/** The same for those who can’t change it. */
function ProfileText({ org: { fullname, details, website } }: { org: Org }) {
  return (
    <Stack maw={640} gap="md">
      <Value label="Full name">{fullname || 'Not set'}</Value>
      <Value label="Description">{details === '' ? 'Not set' : <Markdown text={details} />}</Value>
      <Value label="Website">
        {website === '' ? (
          'Not set'
        ) : (
          <Anchor href={website} rel="noopener noreferrer nofollow" inherit>
            {website}
          </Anchor>
        )}
      </Value>
      <Text size="sm" c="dimmed">
        Only admins can change the profile.
      </Text>
    </Stack>
  )
}

function Value({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  )
}

function Form({ org }: { org: Org }) {
  const [fullname, setFullname] = useState(org.fullname)
  const [details, setDetails] = useState(org.details)
  const [website, setWebsite] = useState(org.website)
  const save = useChange(organizations.updateOrganization, () => showDone('Profile saved.'))
  const changed = fullname !== org.fullname || details !== org.details || website !== org.website
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ params: { org: org.name }, body: { fullname, details, website: website.trim() } })
  }
  return (
    <form onSubmit={submit}>
      <Box maw={640}>
        <Stack>
          <Group gap="md">
            <Portrait src={org.avatarUrl} size={56} square />
            <Text size="sm" c="dimmed">
              This picture is generated from the name.
            </Text>
          </Group>
          <TextInput
            label="Full name"
            description="Optional. Shown instead of the name."
            maxLength={100}
            value={fullname}
            onChange={({ currentTarget }) => setFullname(currentTarget.value)}
          />
          <Textarea
            label="Description"
            description="Supports Markdown, without images."
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
      </Box>
    </form>
  )
}

function Preview({ text }: { text: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        Preview
      </Text>
      <Markdown text={text} />
    </div>
  )
}
