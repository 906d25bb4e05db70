import { ActionIcon, Button, Group, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { ApiError, groups, type ReplyOf, type RepoType, repos } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { DataTable } from '../../../pieces/DataTable.tsx'
import { Empty } from '../../../pieces/Empty.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { repoPage } from '../../../places.ts'

type Resource = groups.ResourceGroup['resources'][number]
type Row = ReplyOf<typeof repos.listOrgRepositories>[number]

interface Part {
  org: Org
  group: groups.ResourceGroup
}

interface Shown extends Part {
  /** What you may do with the group. */
  may: readonly string[]
}

/** The repositories of a group; admins of the organization add, move, and remove them. */
export function GroupRepositories({ org, group, may }: Shown) {
  const [leaving, setLeaving] = useState<Resource>()
  // Both are for admins of the organization.
  const reason = may.includes('group.delete')
    ? undefined
    : 'Only admins of the organization can add or remove repositories.'
  const columns = repositoryColumns(reason === undefined ? setLeaving : undefined)
  return (
    <Stack gap="md">
      {reason === undefined ? (
        <AddRepository org={org} group={group} />
      ) : (
        <Text size="sm" c="dimmed">
          {reason}
        </Text>
      )}
      {group.resources.length === 0 ? (
        <Empty title="No repositories in this group">
          Private repositories in this group are visible only to its members and to admins.
        </Empty>
      ) : (
        <DataTable
          label={`Repositories of ${group.name}`}
          columns={columns}
          rows={group.resources}
          rowKey={({ type, name }) => `${type}/${name}`}
        />
      )}
      {leaving && <RemoveRepository org={org} group={group} resource={leaving} onClose={() => setLeaving(undefined)} />}
    </Stack>
  )
}

function repositoryColumns(onLeave: ((row: Resource) => void) | undefined): Column<Resource>[] {
  const columns: Column<Resource>[] = [
    {
      id: 'name',
      header: 'Repository',
      card: 'title',
      cell: ({ type, name }) => <LinkTo {...repoPage({ type, id: name })}>{name}</LinkTo>,
    },
    { id: 'type', header: 'Type', width: '120px', cell: ({ type }) => type },
    { id: 'visibility', header: 'Visibility', width: '120px', cell: (row) => (row.private ? 'private' : 'public') },
  ]
  if (!onLeave) return columns
  const remove = (row: Resource) => (
    <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${row.name}`} onClick={() => onLeave(row)}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  )
  return [...columns, { id: 'remove', header: 'Remove', quiet: true, width: '56px', card: 'aside', cell: remove }]
}

/** The path parameters of a repository, from its kind and `namespace/name`. */
function pathOf(type: RepoType, id: string) {
  const [namespace = '', repo = ''] = id.split('/')
  return { repoType: `${type}s` as const, namespace, repo }
}

function AddRepository({ org, group }: Part) {
  const [words, setWords] = useState('')
  const [search] = useDebouncedValue(words.trim(), 150)
  const [chosen, setChosen] = useState<Row>()
  const { data = [] } = useMaybe(repos.listOrgRepositories, {
    params: { org: org.name },
    query: { search: search || undefined, limit: 50 },
  })
  const inside = new Set(group.resources.map(({ type, name }) => `${type}/${name}`))
  const options = data.filter(({ type, id }) => !inside.has(`${type}/${id}`))
  const add = useChange(groups.setRepoGroup, () => {
    showDone(`Added ${chosen?.id} to ${group.name}.`)
    setChosen(undefined)
  })
  const put = (move: boolean) =>
    chosen &&
    add.mutate({
      params: pathOf(chosen.type, chosen.id),
      body: { resourceGroupId: group.id, ...(move ? { move } : {}) },
    })
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-end">
        <Select
          label="Add repository"
          description="If private, only members of this group and admins can still see it."
          placeholder="Search by name"
          flex="1 1 16rem"
          searchable
          clearable
          data={options.map(({ type, id }) => ({ value: `${type}/${id}`, label: `${id} (${type})` }))}
          value={chosen ? `${chosen.type}/${chosen.id}` : null}
          onSearchChange={setWords}
          onChange={(value) => {
            add.reset()
            setChosen(options.find(({ type, id }) => `${type}/${id}` === value))
          }}
          nothingFoundMessage="No other repositories match"
        />
        <Button variant="filled" disabled={!chosen} loading={add.isPending} onClick={() => put(false)}>
          Add repository
        </Button>
      </Group>
      {isElsewhere(add.error) ? (
        <Group>
          <Text size="sm">
            {add.error.message.split(' Send ')[0]} If you move it, members of that group lose access.
          </Text>
          <Button onClick={() => put(true)} loading={add.isPending}>
            Move repository
          </Button>
        </Group>
      ) : (
        <ErrorNote error={add.error} />
      )}
    </Stack>
  )
}

function isElsewhere(error: Error | null): error is ApiError {
  return error instanceof ApiError && error.status === 409
}

function RemoveRepository({ org, group, resource, onClose }: Part & { resource: Resource; onClose: () => void }) {
  const remove = useChange(groups.setRepoGroup, () => {
    showDone(`Removed ${resource.name} from ${group.name}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      title={`Remove ${resource.name} from ${group.name}`}
      label="Remove from group"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: pathOf(resource.type, resource.name), body: { resourceGroupId: null } })}
      onClose={onClose}
    >
      <Text size="sm">
        {resource.private
          ? `Members of ${org.name} with the read role or higher get access, and members with write can change it. Members who have access only through this group lose it.`
          : `The repository stays public. Members of ${org.name} with the write role can change it. Roles in this group no longer apply to it.`}
      </Text>
    </ConfirmByTyping>
  )
}
