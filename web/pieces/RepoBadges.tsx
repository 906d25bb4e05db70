import { IconLock, IconUserCheck } from '@tabler/icons-react'
import classes from './RepoBadges.module.css'
import { Word } from './Word.tsx'

/** How a list tells who reaches a repository. */
type Reach = {
  private?: boolean | undefined
  visibility?: 'public' | 'private'
  gated?: 'auto' | 'manual' | false | undefined
}

/** Says that a repository is private, and that people have to request access to its files; the same on every page. */
export function ReachBadges({ of }: { of: Reach }) {
  const isPrivate = of.private === true || of.visibility === 'private'
  return (
    <>
      {isPrivate && (
        <Word>
          <span className={classes.badge}>
            <IconLock size={11} aria-hidden /> private
          </span>
        </Word>
      )}
      {of.gated && (
        <Word>
          <span className={classes.badge}>
            <IconUserCheck size={11} aria-hidden /> gated
          </span>
        </Word>
      )}
    </>
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
