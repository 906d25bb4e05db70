import { Button, Group, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'
import type { files } from '../../../../api/index.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { filePage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'
import { counted } from '../../../words.ts'
import classes from './Commit.module.css'
import { Diff } from './Diff.tsx'

type Change = files.CommitDetails['files'][number]

const words: Record<Change['status'], string> = {
  added: 'new',
  modified: 'changed',
  deleted: 'deleted',
  renamed: 'renamed',
}

/** Changes of more lines than this are shown when they are asked for. */
const shownLines = 400

/** What a commit did to one file: how many lines, and which. */
export function FileChange({
  change,
  commit,
  startsOpen,
}: {
  change: Change
  commit: files.CommitDetails
  startsOpen: boolean
}) {
  const [open, setOpen] = useState(startsOpen)
  const panel = useId()
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <section className={classes.file} aria-label={change.path}>
      <Group gap="sm" className={classes.fileHead ?? ''} wrap="nowrap">
        <UnstyledButton
          aria-expanded={open}
          aria-controls={panel}
          aria-label={`${open ? 'Hide' : 'Show'} the change of ${change.path}`}
          onClick={() => setOpen(!open)}
          className={classes.toggle ?? ''}
        >
          <Chevron size={16} aria-hidden />
        </UnstyledButton>
        <FileName change={change} commit={commit} />
        <Word>{words[change.status]}</Word>
        <Counts change={change} />
      </Group>
      <div id={panel} hidden={!open}>
        {open && <Body change={change} />}
      </div>
    </section>
  )
}

function FileName({ change, commit }: { change: Change; commit: files.CommitDetails }) {
  const repository = useRepository()
  const [parent] = commit.parents
  const [rev, path] = change.status === 'deleted' ? [parent, change.oldPath ?? change.path] : [commit.id, change.path]
  return (
    <Text size="sm" component="div" className={classes.fileName ?? ''}>
      {change.oldPath !== undefined && change.oldPath !== change.path && (
        <Text span c="dimmed" inherit>
          {change.oldPath} →{' '}
        </Text>
      )}
      {rev === undefined ? (
        change.path
      ) : (
        <LinkTo {...filePage(repository, 'blob', rev, path)} c="inherit">
          {change.path}
        </LinkTo>
      )}
    </Text>
  )
}

function Counts({ change }: { change: Change }) {
  if (change.binary) return null
  return (
    <Text
      size="xs"
      component="div"
      className={`mono ${classes.counts}`}
      role="img"
      aria-label={`${counted(change.additions, 'line')} added, ${counted(change.deletions, 'line')} removed`}
    >
      <span className={classes.plus}>+{change.additions}</span>{' '}
      <span className={classes.minus}>−{change.deletions}</span>
    </Text>
  )
}

function Body({ change }: { change: Change }) {
  const lines = change.additions + change.deletions
  const [asked, setAsked] = useState(lines <= shownLines)
  if (change.binary) return <Note>Binary file changed.</Note>
  if (change.patch === undefined)
    return <Note>{lines === 0 ? 'No lines changed.' : 'This change is too large to display.'}</Note>
  if (!asked) {
    return (
      <Note>
        <Button size="xs" onClick={() => setAsked(true)}>
          Show {counted(lines, 'changed line')}
        </Button>
      </Note>
    )
  }
  return <Diff patch={change.patch} path={change.path} />
}

function Note({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" p="sm" component="div">
      {children}
    </Text>
  )
}
