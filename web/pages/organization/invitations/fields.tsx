import { NativeSelect, Select } from '@mantine/core'
import { joining, type OrgRole, organizations, orgRoles } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { counted, roleNames, roleSentences } from '../../../words.ts'

/** The default role of the organization. */
export function useDefaultRole(org: Org): OrgRole {
  const may = org.may.includes('org.viewSettings')
  const { data } = useMaybe(organizations.getSettings, may ? { params: { org: org.name } } : undefined)
  return data?.defaultRole ?? 'read'
}

interface RoleChoice {
  org: Org
  value: OrgRole
  /** Without admin: for what anyone with a link gets. */
  belowAdmin?: boolean
  error?: string | undefined
  onChange: (role: OrgRole) => void
}

/** The role to give, with what it is for. */
export function RoleField({ org, value, belowAdmin = false, error, onChange }: RoleChoice) {
  const known: readonly OrgRole[] = belowAdmin ? joining.LinkRole.options : orgRoles
  const offered = known.toReversed().filter((role) => org.mayGrant.includes(role))
  return (
    <NativeSelect
      label="Role"
      description={roleSentences[value]}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={offered.map((role) => ({ value: role, label: roleNames[role] }))}
      value={value}
      error={error}
      onChange={({ currentTarget }) => {
        const picked = offered.find((role) => role === currentTarget.value)
        if (picked) onChange(picked)
      }}
    />
  )
}

interface DaysChoice {
  choices: number[]
  value: number
  error?: string | undefined
  onChange: (days: number) => void
}

/** After how many days something expires. */
export function DaysField({ choices, value, error, onChange }: DaysChoice) {
  return (
    <Select
      label="Expires after"
      data={choices.map((days) => ({ value: String(days), label: counted(days, 'day') }))}
      value={String(value)}
      allowDeselect={false}
      error={error}
      onChange={(days) => onChange(Number(days ?? value))}
    />
  )
}
