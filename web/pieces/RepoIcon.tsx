import { IconBox, IconDatabase, IconLayoutDashboard } from '@tabler/icons-react'
import type { RepoType } from '../../api/index.ts'
import classes from './RepoIcon.module.css'

const icons: Record<RepoType, typeof IconBox> = { model: IconBox, dataset: IconDatabase, space: IconLayoutDashboard }

/** The sign of a kind of repository. */
export function RepoIcon({ type, size = 18 }: { type: RepoType; size?: number }) {
  const Icon = icons[type]
  return <Icon size={size} aria-label={type} role="img" className={classes.icon ?? ''} />
}
