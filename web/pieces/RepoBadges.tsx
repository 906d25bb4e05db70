import { IconLock, IconUserCheck } from '@tabler/icons-react'
import classes from './RepoBadges.module.css'
import { Word } from './Word.tsx'

/** Says that a repository is private; the same on every page. */
export function PrivateBadge() {
  return (
    <Word>
      <span className={classes.badge}>
        <IconLock size={11} aria-hidden /> private
      </span>
    </Word>
  )
}

/** Says that people have to request access to the files; the same on every page. */
export function GatedBadge() {
  return (
    <Word>
      <span className={classes.badge}>
        <IconUserCheck size={11} aria-hidden /> gated
      </span>
    </Word>
  )
}

/** Names the resource group of a repository; the same on every page. */
export function GroupBadge({ name }: { name: string }) {
  return (
    <Word>
      <span className={classes.group} title={`Resource group ${name}`}>
        {name}
      </span>
    </Word>
  )
}
