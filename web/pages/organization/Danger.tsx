import { Button, Group, List, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { organizations, type ReplyOf } from '../../../api/index.ts'
import { orgSettingsAddress } from '../../addresses.ts'
import { client, queryClient, refresh, useRehearsal } from '../../hub.ts'
import { whyNotAName } from '../../names.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { ConfirmByTyping } from '../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../pieces/ErrorNote.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { sayDay } from '../../pieces/When.tsx'
import { Why } from '../../pieces/Why.tsx'
import { counted } from '../../words.ts'

/** Renaming and deleting an organization. */
export function Page() {
  const org = useOrg()
  return (
    <>
      <PageHead
        title="Danger zone"
        of={org.name}
        state={`What others rely on: the name of ${org.name}, and that it is there.`}
      />
      <Stack gap={36} maw={640}>
        <Rename org={org} />
        <Delete org={org} />
      </Stack>
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
  const reason = whyNot(org, 'org.update', 'Only admins rename an organization.')
  const wrong = name === '' ? undefined : whyNotAName(name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
  }
  return (
    <Part title="Rename">
      <Text size="sm" c="dimmed" mb="sm">
        Every address with {org.name} in it changes. The old name redirects here until another account takes it.
      </Text>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label="New name"
            placeholder={org.name}
            value={name}
            error={wrong}
            disabled={reason !== undefined}
            onChange={({ currentTarget }) => setName(currentTarget.value.trim())}
            autoComplete="off"
            spellCheck={false}
            flex="1 1 14rem"
          />
          <Why reason={reason}>
            <Button
              type="submit"
              color="red"
              variant="outline"
              disabled={reason !== undefined || name === '' || name === org.name || wrong !== undefined}
            >
              Rename {org.name}…
            </Button>
          </Why>
        </Group>
      </form>
      {asked && <ConfirmRename org={org} name={name} onClose={() => setAsked(false)} />}
    </Part>
  )
}

function ConfirmRename({ org, name, onClose }: { org: Org; name: string; onClose: () => void }) {
  const navigate = useNavigate()
  const rename = useMutation({
    mutationFn: () => client.call(organizations.updateOrganization, { params: { org: org.name }, body: { name } }),
    onSuccess: async (renamed) => {
      onClose()
      await navigate({ to: orgSettingsAddress(renamed.name, 'danger'), replace: true })
      showDone(`${org.name} is now ${renamed.name}.`)
      await refresh()
    },
  })
  return (
    <ConfirmByTyping
      opened
      title={`Rename ${org.name} to ${name}?`}
      word={org.name}
      label={`Rename ${org.name}`}
      busy={rename.isPending}
      error={rename.error}
      onConfirm={() => rename.mutate()}
      onClose={onClose}
    >
      <List size="sm">
        <List.Item>
          Pages and repositories move to {location.origin}/{name}.
        </List.Item>
        <List.Item>Old addresses redirect to the new ones until another account takes the name {org.name}.</List.Item>
        <List.Item>Members, roles and resource groups stay as they are.</List.Item>
      </List>
    </ConfirmByTyping>
  )
}

function Delete({ org }: { org: Org }) {
  const [asked, setAsked] = useState(false)
  const reason = whyNot(
    org,
    'org.delete',
    // An admin who may not is one by recovery, for a while.
    org.may.includes('org.update')
      ? 'You are on probation as admin: deleting has to wait until it is over.'
      : 'Only admins delete an organization.',
  )
  return (
    <Part title="Delete">
      <Text size="sm" c="dimmed" mb="sm">
        It disappears for everybody at once. For 30 days its admins can bring it back, from their own settings.
      </Text>
      <Why reason={reason}>
        <Button color="red" variant="outline" disabled={reason !== undefined} onClick={() => setAsked(true)}>
          Delete {org.name}…
        </Button>
      </Why>
      {asked && <ConfirmDelete org={org} onClose={() => setAsked(false)} />}
    </Part>
  )
}

function ConfirmDelete({ org, onClose }: { org: Org; onClose: () => void }) {
  const navigate = useNavigate()
  const params = { org: org.name }
  const rehearsal = useRehearsal(organizations.deleteOrganization, { params, query: { dryRun: 'true' } })
  const remove = useMutation({
    mutationFn: () => client.call(organizations.deleteOrganization, { params, body: { confirm: org.name } }),
    // Its pages are left before anything is read again, since they are gone.
    onSuccess: async ({ restorableUntil }) => {
      await navigate({ to: '/settings/organizations' })
      showDone(`${org.name} is deleted. It can be restored until ${sayDay(restorableUntil)}.`)
      queryClient.removeQueries({ type: 'inactive' })
      await refresh()
    },
  })
  return (
    <ConfirmByTyping
      opened
      title={`Delete ${org.name}?`}
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
    <Stack gap="xs">
      <Text size="sm">
        {counted(members, 'member loses', 'members lose')} access to{' '}
        {counted(repositories, 'repository', 'repositories')} and {counted(resourceGroups, 'resource group')} of{' '}
        {org.name} at once.
      </Text>
      <Text size="sm">Admins can restore it until {sayDay(loss.restorableUntil)}; after that it is gone for good.</Text>
    </Stack>
  )
}
