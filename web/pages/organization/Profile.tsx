import { Anchor, Button, Group, Text, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { organizations } from '../../../api/index.ts'
import { useApiForm } from '../../form.ts'
import { client } from '../../hub.ts'
import { type Org, useOrg } from '../../organization.ts'
import { showDone } from '../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../pieces/Form.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { Markdown } from '../../pieces/Markdown.tsx'
import { PageColumn } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { PictureField } from '../../pieces/PictureField.tsx'
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
            Shown on the{' '}
            <LinkTo to="/$name" params={{ name: org.name }}>
              {org.name} page
            </LinkTo>
            . Created {sayDay(org.createdAt)}.
          </>
        }
        guide="organizations"
      />
      {org.may.includes('org.update') ? <ProfileForm key={org.id} org={org} /> : <ProfileText org={org} />}
    </>
  )
}

/** The same for those who can’t change it. */
function ProfileText({ org: { fullname, details, website } }: { org: Org }) {
  return (
    <PageColumn gap="md">
      <Value label="Display name">{fullname || 'Not set'}</Value>
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
    </PageColumn>
  )
}

function Value({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  )
}

function ProfileForm({ org }: { org: Org }) {
  const { fullname, details, website } = org
  const params = { org: org.name }
  const form = useApiForm(organizations.updateOrganization, {
    start: { fullname, details, website },
    input: (values) => ({ params, body: { ...values, website: values.website.trim() } }),
    after: () => showDone('Profile saved.'),
  })
  const typed = form.values.details
  return (
    <ApiForm of={form} label="Profile">
      <PictureField
        square
        of={{ name: org.name, fullname }}
        upload={(image) => client.call(organizations.setOrganizationAvatar, { params, body: { image } })}
        remove={() => client.call(organizations.deleteOrganizationAvatar, { params })}
      />
      <TextInput
        label="Display name"
        description="Optional. Shown instead of the name."
        maxLength={100}
        {...form.field('fullname')}
      />
      <Textarea
        label="Description"
        description="Supports Markdown, without images."
        autosize
        minRows={4}
        maxRows={16}
        maxLength={2000}
        {...form.field('details')}
      />
      {typed !== details && typed !== '' && <Preview text={typed} />}
      <TextInput label="Website" type="url" placeholder="https://…" maxLength={300} {...form.field('website')} />
      <Group>
        <Button type="submit" variant="filled" disabled={!form.isChanged} loading={form.change.isPending}>
          Save profile
        </Button>
      </Group>
    </ApiForm>
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
