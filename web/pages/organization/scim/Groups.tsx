import { ActionIcon, Button, Group, Select, Stack, Text } from '@mantine/core'
import { IconLink, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { type GroupRole, groupRoles, groups, scimSettings } from '../../../../api/index.ts'
import { patchRows, useEndless } from '../../../endless.ts'
import { useChange, useMaybe, useRehearsal } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { DialogButtons } from '../../../pieces/FormButtons.tsx'
import { counted } from '../../../words.ts'

type Provisioned = scimSettings.ProvisionedGroup
type Wanted = { resourceGroup: string; role: GroupRole }

/** SCIM groups, and the resource groups that each is linked to. */
export function Groups({ org }: { org: Org }) {
  const [asked, setAsked] = useState<Provisioned>()
  const list = useEndless(scimSettings.listProvisionedGroups, { params: { org: org.name }, query: {} })
  const mayLink = whyNot(org, 'scim.link', 'no') === undefined
  const columns = useMemo(() => columnsOf(mayLink, setAsked), [mayLink])
  return (
    <Block
      title="SCIM groups"
      wide
      about="A SCIM group gives access once you link it to a resource group. From then on, only the identity provider decides who is in that resource group."
    >
      <EndlessTable
        label="SCIM groups"
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        empty={
          <Text size="sm">No SCIM groups. Assign groups to the app at your identity provider to see them here.</Text>
        }
      />
      {asked && <Links org={org} group={asked} onClose={() => setAsked(undefined)} />}
    </Block>
  )
}

function columnsOf(mayLink: boolean, onLink: (group: Provisioned) => void): Column<Provisioned>[] {
  return [
    {
      id: 'name',
      header: 'SCIM group',
      card: 'title',
      cell: ({ displayName }) => (
        <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {displayName}
        </Text>
      ),
    },
    { id: 'members', header: 'Users', width: '110px', cell: ({ members }) => counted(members, 'user') },
    {
      id: 'links',
      header: 'Resource groups',
      cell: ({ links }) =>
        links.length === 0 ? (
          <Text size="sm" c="dimmed" component="span">
            not linked
          </Text>
        ) : (
          links.map(({ name, role }) => `${name} (${role})`).join(', ')
        ),
    },
    {
      id: 'link',
      header: 'Link',
      quiet: true,
      width: '120px',
      card: 'aside',
      cell: (group) =>
        mayLink && (
          <Button
            size="xs"
            leftSection={<IconLink size={14} aria-hidden />}
            aria-label={group.links.length === 0 ? `Link ${group.displayName}` : `Edit links of ${group.displayName}`}
            onClick={() => onLink(group)}
          >
            {group.links.length === 0 ? 'Link' : 'Edit'}
          </Button>
        ),
    },
  ]
}

function Links({ org, group, onClose }: { org: Org; group: Provisioned; onClose: () => void }) {
  const params = { org: org.name, groupId: group.id }
  const before = group.links.map(({ id, role }): Wanted => ({ resourceGroup: id, role }))
  const [wanted, setWanted] = useState(before)
  const { data: all = [] } = useMaybe(groups.listGroupSummaries, { params: { org: org.name } })
  const isComplete = wanted.every(({ resourceGroup }) => resourceGroup !== '')
  const isChanged = JSON.stringify(wanted) !== JSON.stringify(before)
  const input = { params, body: { links: wanted } }
  const preview = useRehearsal(
    scimSettings.setScimGroupLinks,
    isComplete && isChanged ? { ...input, query: { dryRun: 'true' as const } } : undefined,
  )
  const save = useChange(scimSettings.setScimGroupLinks, ({ group: saved }) => {
    patchRows<Provisioned>(scimSettings.listProvisionedGroups, (row) => (row.id === saved.id ? saved : row))
    showDone(`Links of ${group.displayName} saved.`)
    onClose()
  })
  const options = all.map(({ id, name }) => ({ value: id, label: name }))
  const change = (at: number, part: Partial<Wanted>) =>
    setWanted(wanted.map((each, index) => (index === at ? { ...each, ...part } : each)))
  return (
    <Dialog opened onClose={onClose} size="lg" title={`Link ${group.displayName}`}>
      <Stack>
        <Text size="sm">
          The {counted(group.members, 'user')} of this group get the role in each resource group. If several SCIM groups
          give a role, the highest counts.
        </Text>
        {wanted.map(({ resourceGroup, role }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is the place in the list, whatever stands in it
          <Group key={at} gap="xs" wrap="nowrap" align="flex-end">
            <Select
              label={at === 0 ? 'Resource group' : undefined}
              aria-label="Resource group"
              placeholder="Choose"
              searchable
              flex={1}
              data={options.filter(({ value }) => value === resourceGroup || !isIn(wanted, value))}
              value={resourceGroup || null}
              onChange={(value) => change(at, { resourceGroup: value ?? '' })}
            />
            <Select
              label={at === 0 ? 'Role' : undefined}
              aria-label="Role"
              w={140}
              allowDeselect={false}
              data={[...groupRoles]}
              value={role}
              onChange={(value) => change(at, { role: value ?? 'read' })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label="Remove link"
              onClick={() => setWanted(wanted.filter((_, index) => index !== at))}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={!isComplete}
            onClick={() => setWanted([...wanted, { resourceGroup: '', role: 'read' }])}
          >
            Add resource group
          </Button>
        </Group>
        {preview.data && <Effect of={preview.data} />}
        <ErrorNote error={save.error ?? preview.error} />
        <DialogButtons onClose={onClose}>
          <Button
            variant="filled"
            loading={save.isPending}
            disabled={!isChanged || !isComplete || preview.data === undefined}
            onClick={() => save.mutate(input)}
          >
            Save links
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  )
}

function isIn(wanted: readonly Wanted[], id: string): boolean {
  return wanted.some(({ resourceGroup }) => resourceGroup === id)
}

function Effect({ of: { gains, loses, changes } }: { of: { gains: number; loses: number; changes: number } }) {
  const people = (count: number) => counted(count, 'person', 'people')
  const lines = [
    gains > 0 && `${people(gains)} ${gains === 1 ? 'gets' : 'get'} access`,
    changes > 0 && `${people(changes)} ${changes === 1 ? 'gets' : 'get'} another role`,
    loses > 0 && `${people(loses)} ${loses === 1 ? 'loses' : 'lose'} a role`,
  ].filter((line) => line !== false)
  return (
    <Text size="sm" component="div" role="status">
      {lines.length === 0 ? 'Nothing changes for anyone.' : `Immediately: ${lines.join(', ')}.`}
    </Text>
  )
}
