import { Button, Fieldset, Group, NativeSelect, Radio, Stack, Switch, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { type GroupRole, groupRoles, groups, members } from '../../../../api/index.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { counted, roleNames } from '../../../words.ts'

interface Part {
  org: Org
  group: groups.ResourceGroup
  manages: boolean
}

type Scope = 'all' | 'read_plus'

/** Which members are added automatically. Turning it on adds them at once; turning it off removes no one. */
export function AutoJoin({ org, group, manages }: Part) {
  const now = group.autoJoin?.enabled ? group.autoJoin : undefined
  const [on, setOn] = useState(now !== undefined)
  const [role, setRole] = useState<GroupRole>(now?.role ?? 'read')
  const [scope, setScope] = useState<Scope>(now?.scope ?? 'all')
  const save = useChange(groups.configureGroup, (saved) =>
    showDone(saved.autoJoin?.enabled ? 'Auto-join is on.' : 'Auto-join is off.'),
  )
  const changed = on !== (now !== undefined) || (on && (role !== now?.role || scope !== (now.scope ?? 'all')))
  const submit = () =>
    save.mutate({
      params: { org: org.name, group: group.id },
      body: { autoJoin: on ? { enabled: true, role, scope } : { enabled: false } },
    })
  return (
    <Fieldset
      m={0}
      p={0}
      variant="unstyled"
      disabled={!manages}
      legend={
        <Title order={2} size="h5">
          Auto-join
        </Title>
      }
    >
      <Stack mt="xs">
        <Switch
          checked={on}
          onChange={(event) => setOn(event.currentTarget.checked)}
          label="Add members to this group automatically"
        />
        {on && (
          <>
            <Radio.Group
              label="Who"
              value={scope}
              onChange={(value) => setScope(value === 'all' ? 'all' : 'read_plus')}
            >
              <Stack gap="xs" mt={4}>
                <Radio value="all" label="All members" />
                <Radio value="read_plus" label="Members with the read role or higher in the organization" />
              </Stack>
            </Radio.Group>
            <NativeSelect
              label="Role in this group"
              w={180}
              data={groupRoles.map((value) => ({ value, label: roleNames[value] }))}
              value={role}
              onChange={(event) => setRole(event.currentTarget.value as GroupRole)}
            />
          </>
        )}
        {changed && <Effect org={org} on={on} scope={scope} role={role} />}
        <ErrorNote error={save.error} />
        <Group>
          <Button variant="filled" disabled={!changed} loading={save.isPending} onClick={submit}>
            {!on && now ? 'Turn off auto-join' : 'Save auto-join'}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  )
}

function Effect({ org, on, scope, role }: { org: Org; on: boolean; scope: Scope; role: GroupRole }) {
  const { data } = useMaybe(members.countMembers, { params: { org: org.name } })
  if (!on) return <Text size="sm">New members are no longer added. Current members stay in the group.</Text>
  const matching = data && data.total - (scope === 'read_plus' ? (data.byRole.no_access ?? 0) : 0)
  return (
    <Text size="sm">
      {matching === undefined ? 'All matching members' : counted(matching, 'matching member')} will be in this group
      with at least the {roleNames[role]} role. New members are added when they join.
    </Text>
  )
}
