import { Group, List, Skeleton, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { organizations, type ReplyOf } from '../../../api/index.ts'
import { useGo } from '../../go.ts'
import { client, queryClient, refresh, useRehearsal } from '../../hub.ts'
import { whyNotAName } from '../../names.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { ConfirmByTyping } from '../../pieces/ConfirmByTyping.tsx'
import { DangerButton } from '../../pieces/DangerButton.tsx'
import { showDone } from '../../pieces/ErrorNote.tsx'
import { Form } from '../../pieces/Form.tsx'
import { PageColumn } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { sayDay } from '../../pieces/When.tsx'
import { Why } from '../../pieces/Why.tsx'
import { counted } from '../../words.ts'

/** Renaming and deleting an organization. */
export function Page() {
  const org = useOrg()
  const mayAny = org.may.includes('org.update')
  return (
    <>
      <PageHead
        title="Danger zone"
        of={org.name}
        state={mayAny ? 'Rename or delete the organization.' : 'Only admins can rename or delete the organization.'}
        guide="organizations"
      />
      {mayAny && (
        <PageColumn gap={36}>
          <Rename org={org} />
          <Delete org={org} />
        </PageColumn>
      )}
    </>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb={4}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Rename({ org }: { org: Org }) {
  const [name, setName] = useState('')
  const [asked, setAsked] = useState(false)
  const wrong = name === '' ? undefined : whyNotAName(name)
  return (
    <Part title="Rename">
      <Text size="sm" c="dimmed" mb="sm">
        All URLs that contain {org.name} change. The old name redirects to the new one.
      </Text>
      <Form label={`Rename ${org.name}`} onSubmit={() => setAsked(true)}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label="New name"
            placeholder={org.name}
            value={name}
            error={wrong}
            onChange={({ currentTarget }) => setName(currentTarget.value.trim())}
            autoComplete="off"
            spellCheck={false}
            flex="1 1 14rem"
          />
          <DangerButton type="submit" disabled={name === '' || name === org.name || wrong !== undefined}>
            Rename {org.name}…
          </DangerButton>
        </Group>
      </Form>
      {asked && <ConfirmRename org={org} name={name} onClose={() => setAsked(false)} />}
    </Part>
  )
}

function ConfirmRename({ org, name, onClose }: { org: Org; name: string; onClose: () => void }) {
  const go = useGo()
  const rename = useMutation({
    mutationFn: () => client.call(organizations.updateOrganization, { params: { org: org.name }, body: { name } }),
    onSuccess: async (renamed) => {
      onClose()
      await go({ to: '/organizations/$org/settings/danger', params: { org: renamed.name } }, { replace: true })
      showDone(`${org.name} is now ${renamed.name}.`)
      await refresh()
    },
  })
  return (
    <ConfirmByTyping
      opened
      title={`Rename ${org.name} to ${name}`}
      word={org.name}
      label={`Rename ${org.name}`}
      busy={rename.isPending}
      error={rename.error}
      onConfirm={() => rename.mutate()}
      onClose={onClose}
    >
      <List size="sm">
        <List.Item>
          The new URL is {location.origin}/{name}.
        </List.Item>
        <List.Item>
          Old URLs redirect to the new ones. Only you can take the old name back while it redirects.
        </List.Item>
        <List.Item>Members, roles, and resource groups don’t change.</List.Item>
      </List>
    </ConfirmByTyping>
  )
}

function Delete({ org }: { org: Org }) {
  const [asked, setAsked] = useState(false)
  // An admin who can't is one by recovery, for a while.
  const reason = whyNot(
    org,
    'org.delete',
    'You’re on probation after a recovery. You can’t delete the organization yet.',
  )
  return (
    <Part title="Delete">
      <Text size="sm" c="dimmed" mb="sm">
        All members lose access immediately. Admins can restore the organization for 30 days.
      </Text>
      <Why reason={reason}>
        <DangerButton disabled={reason !== undefined} onClick={() => setAsked(true)}>
          Delete {org.name}…
        </DangerButton>
      </Why>
      {asked && <ConfirmDelete org={org} onClose={() => setAsked(false)} />}
    </Part>
  )
}

function ConfirmDelete({ org, onClose }: { org: Org; onClose: () => void }) {
  const go = useGo()
  const params = { org: org.name }
  const rehearsal = useRehearsal(organizations.deleteOrganization, { params, query: { dryRun: 'true' } })
  const remove = useMutation({
    mutationFn: () => client.call(organizations.deleteOrganization, { params, body: { confirm: org.name } }),
    // Its pages are left before anything is read again, since they are gone.
    onSuccess: async ({ restorableUntil }) => {
      await go({ to: '/settings/organizations' })
      showDone(`${org.name} deleted. You can restore it until ${sayDay(restorableUntil)}.`)
      queryClient.removeQueries({ type: 'inactive' })
      await refresh()
    },
  })
  return (
    <ConfirmByTyping
      opened
      title={`Delete ${org.name}`}
      word={org.name}
      label={`Delete ${org.name}`}
      waiting={!rehearsal.data}
      busy={remove.isPending}
      error={remove.error ?? rehearsal.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {rehearsal.data ? <Loss org={org} loss={rehearsal.data} /> : !rehearsal.error && <Skeleton height={80} />}
    </ConfirmByTyping>
  )
}

function Loss({ org, loss }: { org: Org; loss: ReplyOf<typeof organizations.deleteOrganization> }) {
  const { members, repositories, resourceGroups } = loss.loses
  return (
    <List size="sm">
      <List.Item>
        {counted(members, 'member loses', 'members lose')} access to{' '}
        {counted(repositories, 'repository', 'repositories')}
        {resourceGroups > 0 && ` and ${counted(resourceGroups, 'resource group')}`} immediately.
      </List.Item>
      <List.Item>
        Admins can restore {org.name} until {sayDay(loss.restorableUntil)}. After that, it can’t be restored.
      </List.Item>
    </List>
  )
}
