import { Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useCallback, useRef, useState } from 'react'
import { useGo } from '../../../go.ts'
import { CopyButton } from '../../../pieces/Copy.tsx'
import { Document } from '../../../pieces/Document.tsx'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { filePage, folderPage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'
import { folderOf, nameOf, surroundingsOf, withoutFrontMatter } from '../paths.ts'
import type { Base } from './base.ts'
import { CodeEditor } from './CodeEditor.tsx'
import { CommitForm } from './CommitForm.tsx'
import { Conflict } from './Conflict.tsx'
import type { Change } from './commit.ts'
import { kindOf } from './languages.ts'
import { useCommit } from './useCommit.ts'
import { useUnsaved } from './useUnsaved.tsx'
import classes from './Writer.module.css'
import { whyNotAPath } from './whyNotAPath.ts'

interface Writing {
  base: Base
  /** The file that is edited; without one a new file is made. */
  file?: { path: string; text: string }
  /** The folder that a new file begins in. */
  folder?: string
  /** What a new file is called to begin with. */
  name?: string
  /** Tells of a path that is taken already. */
  taken?: (path: string) => Promise<string | undefined>
  /** More to be done with the file. */
  actions?: ReactNode
}

/** Writing a file: its name, its text, a preview where it is a document, and the commit. */
export function Writer({ base, file, folder = '', name = '', taken, actions }: Writing) {
  const repository = useRepository()
  const go = useGo()
  const [path, setPath] = useState(file?.path ?? (folder === '' ? name : `${folder}/${name}`))
  const [isChanged, setChanged] = useState(false)
  const [pathProblem, setPathProblem] = useState<string>()
  const read = useRef(() => file?.text ?? '')
  const ready = useCallback((reader: () => string) => {
    read.current = reader
  }, [])
  const isMoved = file !== undefined && path !== file.path
  const unsaved = useUnsaved(isChanged || isMoved, 'If you leave, you lose your changes.')
  const back = () =>
    file ? filePage(repository, 'blob', base.branch, file.path) : folderPage(repository, 'tree', base.branch, folder)
  const commit = useCommit(base, () => {
    unsaved.release()
    return go(filePage(repository, 'blob', base.branch, path))
  })
  const discard = () => {
    unsaved.release()
    commit.forget()
    return go(back())
  }
  const submit = async (summary: string, description: string) => {
    const problem = whyNotAPath(path) ?? (isMoved || !file ? await taken?.(path) : undefined)
    setPathProblem(problem)
    if (problem === undefined)
      commit.send({ summary, description, changes: changesOf(path, file?.path, read.current()) })
  }
  const isConflict = commit.conflict !== undefined
  return (
    <Stack gap="md">
      {unsaved.question}
      {isConflict && (
        <Conflict base={base} commit={commit} onDiscard={discard}>
          <CopyButton value={read.current()}>Copy your text</CopyButton>
        </Conflict>
      )}
      {isConflict && (
        <details>
          <summary className={classes.summary}>Your text</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
          <pre className={classes.mine} tabIndex={0}>
            {read.current()}
          </pre>
        </details>
      )}
      {/* Stays as it is below a conflict, so that nothing typed is lost. */}
      <div hidden={isConflict}>
        <Stack gap="md">
          <Group gap="sm" align="flex-start">
            <PathField
              value={path}
              movedFrom={isMoved ? file.path : undefined}
              problem={pathProblem}
              onChange={(value) => {
                setPathProblem(undefined)
                setPath(value)
              }}
            />
            {actions && <div className={classes.actions}>{actions}</div>}
          </Group>
          <TextBox
            base={base}
            path={path}
            text={file?.text ?? ''}
            read={() => read.current()}
            onReady={ready}
            onEdited={setChanged}
          />
          <CommitForm
            branch={base.branch}
            suggestion={suggestionFor(path, file?.path, isChanged)}
            reason={reasonAgainst(path, file !== undefined && !isChanged && !isMoved)}
            busy={commit.busy}
            error={commit.error}
            onCommit={submit}
          >
            <ButtonTo {...back()}>Cancel</ButtonTo>
          </CommitForm>
        </Stack>
      </div>
    </Stack>
  )
}

function PathField(props: {
  value: string
  movedFrom: string | undefined
  problem: string | undefined
  onChange: (value: string) => void
}) {
  return (
    <TextInput
      label="File path"
      description={props.movedFrom === undefined ? undefined : `Moves ${props.movedFrom}.`}
      value={props.value}
      error={props.problem}
      placeholder="folder/name.md"
      spellCheck={false}
      autoComplete="off"
      flex="1 1 18rem"
      classNames={{ input: 'mono' }}
      onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
    />
  )
}

interface TextBoxProps {
  base: Base
  path: string
  text: string
  read: () => string
  onReady: (read: () => string) => void
  onEdited: (isChanged: boolean) => void
}

function TextBox({ base, path, text, read, onReady, onEdited }: TextBoxProps) {
  const repository = useRepository()
  const [shown, setShown] = useState<string>()
  return (
    <div className={classes.box}>
      <Group className={classes.bar ?? ''} justify="space-between">
        {kindOf(path) === 'markdown' ? (
          <SegmentedControl
            size="xs"
            aria-label="View"
            data={['Edit', 'Preview']}
            value={shown === undefined ? 'Edit' : 'Preview'}
            onChange={(value) => setShown(value === 'Edit' ? undefined : read())}
          />
        ) : (
          <Text size="sm">{nameOf(path) || 'New file'}</Text>
        )}
        <Text size="xs" c="dimmed">
          Tab indents. To leave the editor, press Escape, then Tab.
        </Text>
      </Group>
      <div hidden={shown !== undefined}>
        <CodeEditor text={text} path={path} onReady={onReady} onEdited={onEdited} />
      </div>
      {shown !== undefined && (
        <div className={classes.preview}>
          <Document
            text={withoutFrontMatter(shown)}
            place={`preview ${path}`}
            around={surroundingsOf(repository, base.branch, path)}
          />
        </div>
      )}
    </div>
  )
}

function changesOf(path: string, before: string | undefined, text: string): Change[] {
  const written: Change = { kind: 'file', path, content: new Blob([text]) }
  return before === undefined || before === path ? [written] : [{ kind: 'deletedFile', path: before }, written]
}

function reasonAgainst(path: string, isSame: boolean): string | undefined {
  if (path === '' || path.endsWith('/')) return 'Enter a file name first.'
  return isSame ? 'No changes yet.' : undefined
}

function suggestionFor(path: string, before: string | undefined, isChanged: boolean): string {
  if (before === undefined) return `Create ${nameOf(path) || 'a file'}`
  if (path === before) return `Update ${nameOf(path)}`
  const isRename = folderOf(path) === folderOf(before)
  const moved = isRename ? `Rename ${nameOf(before)} to ${nameOf(path)}` : `Move ${before} to ${path}`
  return isChanged ? `${moved} and update it` : moved
}
