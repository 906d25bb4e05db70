import { Button, Fieldset, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { groups } from '../../../../api/index.ts'
import { useApiForm } from '../../../form.ts'
import { useGo } from '../../../go.ts'
import { keyOf, queryClient } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { DangerButton } from '../../../pieces/DangerButton.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { PageColumn } from '../../../pieces/PageColumn.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { AutoJoin } from './AutoJoin.tsx'
import { DeleteGroup } from './DeleteGroup.tsx'

interface Part {
  org: Org
  group: groups.ResourceGroup
  manages: boolean
}

interface Settings extends Part {
  /** What you may do with the group. */
  may: readonly string[]
}

/** Name, description, auto-join, and deletion of a group. */
export function GroupSettings({ org, group, manages, may }: Settings) {
  const reason = manages ? undefined : 'Only admins of this group or of the organization can change it.'
  return (
    <PageColumn gap="xl">
      {reason && (
        <Text size="sm" c="dimmed">
          {reason}
        </Text>
      )}
      <Profile org={org} group={group} manages={manages} />
      <AutoJoin org={org} group={group} manages={manages} />
      <Delete org={org} group={group} may={may} />
    </PageColumn>
  )
}

function Profile({ org, group, manages }: Part) {
  const go = useGo()
  const form = useApiForm(groups.updateGroup, {
    start: { name: group.name, description: group.description ?? '' },
    input: ({ name, description }) => ({
      params: { org: org.name, group: group.id },
      body: { name: name.trim(), description },
    }),
    after: async (saved) => {
      showDone('Saved the group.')
      if (saved.name === group.name) return
      queryClient.setQueryData(keyOf(groups.getGroup, { params: { org: org.name, group: saved.name } }), saved)
      await go(
        {
          to: '/organizations/$org/settings/resource-groups/$group',
          params: { org: org.name, group: saved.name },
          search: { tab: 'settings' },
        },
        { replace: true },
      )
    },
  })
  return (
    <ApiForm of={form} label="Name and description">
      <Fieldset
        m={0}
        p={0}
        variant="unstyled"
        disabled={!manages}
        legend={
          <Title order={2} size="h5">
            Name and description
          </Title>
        }
      >
        <Stack mt="xs">
          <TextInput label="Name" maxLength={200} required {...form.field('name')} />
          <Textarea label="Description" maxLength={500} autosize minRows={2} {...form.field('description')} />
          <Group>
            <Button type="submit" variant="filled" disabled={!form.isChanged} loading={form.change.isPending}>
              Save changes
            </Button>
          </Group>
        </Stack>
      </Fieldset>
    </ApiForm>
  )
}

function Delete({ org, group, may }: Omit<Settings, 'manages'>) {
  const [asked, setAsked] = useState(false)
  // Deleting is about the organization: its repositories open up.
  const reason = may.includes('group.delete')
    ? undefined
    : 'Only admins of the organization can delete resource groups.'
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        Delete
      </Title>
      <Text size="sm" c="dimmed">
        The repositories stay in {org.name}. You see first which of them become visible to more members.
      </Text>
      <Group>
        <Why reason={reason}>
          <DangerButton disabled={reason !== undefined} onClick={() => setAsked(true)}>
            Delete group…
          </DangerButton>
        </Why>
      </Group>
      {asked && <DeleteGroup org={org} group={group} onClose={() => setAsked(false)} />}
    </Stack>
  )
}
