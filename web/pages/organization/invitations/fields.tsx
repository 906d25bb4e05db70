import { NativeSelect, Select } from '@mantine/core'
import { joining, type OrgRole, organizations, orgRoles } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { counted, roleNames, roleSentences } from '../../../words.ts'

/** The role that newcomers get where nothing else is said. */
export function useDefaultRole(org: Org): OrgRole {
  const may = org.may.includes('org.viewSettings')
  const { data } = useMaybe(organizations.getSettings, may ? { params: { org: org.name } } : undefined)
  return data?.defaultRole ?? 'read'
}

interface RoleChoice {
  org: Org
  value: OrgRole
  /** Without admin, as for what anybody may come in by. */
  belowAdmin?: boolean
  error?: string | undefined
  onChange: (role: OrgRole) => void
}

/** The role that someone will get, with what it is for. */
export function RoleField({ org, value, belowAdmin = false, error, onChange }: RoleChoice) {
  const known: readonly OrgRole[] = belowAdmin ? joining.LinkRole.options : orgRoles
  const offered = known.toReversed().filter((role) => org.mayGrant.includes(role))
  return (
    <NativeSelect
      label="Role"
      description={roleSentences[value]}
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

/** For how many days something is good. */
export function DaysField({ choices, value, error, onChange }: DaysChoice) {
  return (
    <Select
      label="Good for"
      data={choices.map((days) => ({ value: String(days), label: counted(days, 'day') }))}
      value={String(value)}
      allowDeselect={false}
      error={error}
      onChange={(days) => onChange(Number(days ?? value))}
    />
  )
}
