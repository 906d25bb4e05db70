import { Badge } from '@mantine/core'
import type { OrgRole } from '../../api/index.ts'
import { roleNames } from '../words.ts'
import classes from './RoleBadge.module.css'

/** A role, in the same colour on every page: the more it may do, the stronger the colour. */
export function RoleBadge({ role }: { role: OrgRole }) {
  return (
    <Badge className={classes.badge} data-role={role} variant="default" tt="none" fw={500} radius="sm">
      {roleNames[role]}
    </Badge>
  )
}
