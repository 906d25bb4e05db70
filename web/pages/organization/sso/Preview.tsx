import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { groupRoles, matchingRows, type OrgRole, orgRoles, type sso, valuesAt } from '../../../../api/index.ts'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import type { Row } from './MappingRows.tsx'

interface Mapped {
  test: sso.SsoSettings['lastTest']
  path: string
  rows: Row[]
}

/** The role that these rows would give to whom the last test sign-in was about. */
export function RolePreview({ defaultRole, ...mapped }: Mapped & { defaultRole: string }) {
  return (
    <Preview {...mapped} label="Role preview">
      {(matching) => {
        const role = highest(
          orgRoles,
          matching.map((row) => row.role),
        )
        return role === undefined ? <Text size="sm">{defaultRole}</Text> : <RoleBadge role={role} />
      }}
    </Preview>
  )
}

/** The resource groups that these rows would give to whom the last test sign-in was about. */
export function GroupPreview({ groups, ...mapped }: Mapped & { groups: readonly { id: string; name: string }[] }) {
  return (
    <Preview {...mapped} label="Group preview">
      {(matching) => {
        const found = groups.flatMap(({ id, name }) => {
          const role = highest(
            groupRoles,
            matching.filter(({ group }) => group === id).map((row) => row.role),
          )
          return role === undefined ? [] : [`${name} (${role})`]
        })
        return <Text size="sm">{found.length === 0 ? 'No resource groups' : found.join(', ')}</Text>
      }}
    </Preview>
  )
}

function Preview({
  test,
  path,
  rows,
  label,
  children,
}: Mapped & { label: string; children: (matching: Row[]) => ReactNode }) {
  const attributes = test?.report.attributes
  if (path.trim() === '') return null
  if (attributes === undefined || Object.keys(attributes).length === 0)
    return (
      <Text size="sm" c="dimmed">
        Run a test sign-in to preview this mapping.
      </Text>
    )
  const values = valuesAt(attributes, path.trim())
  const sent = values.length === 0 ? `nothing in ${path.trim()}` : values.slice(0, 10).join(', ')
  return (
    <Group gap={6} role="status" aria-label={label}>
      <Text size="sm" c="dimmed">
        In your last test sign-in, the identity provider sent {sent}. You get:
      </Text>
      {children(matchingRows(attributes, path.trim(), rows))}
    </Group>
  )
}

function highest(ladder: readonly OrgRole[], roles: readonly OrgRole[]): OrgRole | undefined {
  return ladder.findLast((role) => roles.includes(role))
}
