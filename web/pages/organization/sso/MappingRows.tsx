import { ActionIcon, Button, Fieldset, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { groupRoles, type OrgRole, orgRoles } from '../../../../api/index.ts'
import { ErrorText } from '../../../pieces/ErrorText.tsx'

/** A value of the identity provider, and what it comes to: a role, in a resource group where one is named. */
export interface Row {
  value: string
  group?: string
  role: OrgRole
}

interface Mapping {
  label: string
  rows: Row[]
  /** The resource groups to choose from; without them, roles of the organization are mapped. */
  groups?: readonly { id: string; name: string }[]
  error: string | undefined
  onChange: (rows: Row[]) => void
}

/** Rows of a mapping, to add, change and remove. */
export function MappingRows({ label, rows, groups, error, onChange }: Mapping) {
  const set = (index: number, change: Partial<Row>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  const roles = groups === undefined ? orgRoles : groupRoles
  const first = groups?.[0]?.id
  const added: Row = first === undefined ? { value: '', role: 'read' } : { value: '', role: 'read', group: first }
  const isFull = groups !== undefined && first === undefined
  return (
    <Fieldset
      variant="unstyled"
      m={0}
      styles={{ legend: { padding: 0 } }}
      legend={
        <Text component="span" size="sm" fw={600}>
          {label}
        </Text>
      }
    >
      <Stack gap="xs">
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else that tells them apart while they are typed
          <Group key={index} gap="xs" align="flex-end">
            <TextInput
              aria-label={`Value ${index + 1}`}
              placeholder="Value"
              value={row.value}
              onChange={({ currentTarget }) => set(index, { value: currentTarget.value })}
              required
              flex="1 1 140px"
              miw={0}
            />
            {groups !== undefined && (
              <NativeSelect
                aria-label={`Resource group ${index + 1}`}
                data={groups.map(({ id, name }) => ({ value: id, label: name }))}
                value={row.group ?? ''}
                onChange={({ currentTarget }) => set(index, { group: currentTarget.value })}
                flex="1 1 140px"
                miw={0}
              />
            )}
            <NativeSelect
              aria-label={`Role ${index + 1}`}
              data={[...roles]}
              value={row.role}
              onChange={({ currentTarget }) => set(index, { role: currentTarget.value as OrgRole })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Remove row ${index + 1}`}
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {error !== undefined && (
          <ErrorText size="xs" role="alert">
            {error}
          </ErrorText>
        )}
        <Group>
          <Button size="xs" disabled={isFull} onClick={() => onChange([...rows, added])}>
            Add row to {label.toLowerCase()}
          </Button>
          {isFull && (
            <Text size="sm" c="dimmed">
              This organization has no resource groups.
            </Text>
          )}
        </Group>
      </Stack>
    </Fieldset>
  )
}
