import { List, Skeleton, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { groups, type ReplyOf } from '../../../../api/index.ts'
import { useGo } from '../../../go.ts'
import { client, queryClient, refresh, useRehearsal } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { counted } from '../../../words.ts'

type Visible = NonNullable<ReplyOf<typeof groups.deleteGroup>['becomesVisible']>

interface Asked {
  org: Org
  group: groups.ResourceGroup
  onClose: () => void
}

/** Deletes a group, after saying which repositories become visible. */
export function DeleteGroup({ org, group, onClose }: Asked) {
  const go = useGo()
  const input = { params: { org: org.name, group: group.id } }
  const rehearsal = useRehearsal(groups.deleteGroup, { ...input, query: { dryRun: 'true' } })
  const remove = useMutation({
    mutationFn: () => client.call(groups.deleteGroup, input),
    // The page of the group is left before anything is read again, since it is gone.
    onSuccess: async () => {
      await go({ to: '/organizations/$org/settings/resource-groups', params: { org: org.name } })
      showDone(`Deleted ${group.name}.`)
      queryClient.removeQueries({ queryKey: [groups.getGroup.path] })
      await refresh()
    },
  })
  return (
    <ConfirmByTyping
      opened
      title={`Delete resource group ${group.name}`}
      word={group.name}
      label="Delete group"
      waiting={!rehearsal.data}
      busy={remove.isPending}
      error={remove.error ?? rehearsal.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        {group.users.length === 0
          ? 'No members lose a role in this group.'
          : `${counted(group.users.length, 'member loses their role', 'members lose their roles')} in this group.`}
      </Text>
      {rehearsal.data ? (
        <BecomesVisible org={org} visible={rehearsal.data.becomesVisible} />
      ) : (
        !rehearsal.error && <Skeleton height={60} />
      )}
    </ConfirmByTyping>
  )
}

const namedAtMost = 8

function BecomesVisible({ org, visible }: { org: Org; visible: Visible | undefined }) {
  if (!visible || visible.repositoryCount === 0)
    return <Text size="sm">No private repositories become visible to more people.</Text>
  const named = visible.repositories.slice(0, namedAtMost)
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {counted(visible.repositoryCount, 'private repository becomes', 'private repositories become')} visible to{' '}
        {counted(visible.people, 'more member', 'more members')} of {org.name}
      </Text>
      <List size="sm">
        {named.map(({ type, name }) => (
          <List.Item key={`${type}/${name}`}>
            {name} ({type})
          </List.Item>
        ))}
        {visible.repositoryCount > named.length && (
          <List.Item>and {(visible.repositoryCount - named.length).toLocaleString('en')} more</List.Item>
        )}
      </List>
    </Stack>
  )
}
