import { type ReactNode, useState } from 'react'
import { useGo } from '../../../go.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import type { Place } from '../../../places.ts'
import type { Base } from './base.ts'
import { MessageFields } from './CommitForm.tsx'
import { Conflict } from './Conflict.tsx'
import type { Change } from './commit.ts'
import { useCommit } from './useCommit.ts'

interface Asking {
  base: Base
  title: string
  label: string
  /** What the commit is called when nothing else is typed. */
  suggestion: string
  danger?: boolean
  waiting?: boolean
  /** What is committed; undefined when something has to be put right first. */
  changes: () => Change[] | undefined | Promise<Change[] | undefined>
  /** Where to go afterwards. */
  then: Place
  children: ReactNode
  onClose: () => void
}

/** Asks for the message of a small commit, and makes it. */
export function CommitDialog(asking: Asking) {
  const { base, title, label, suggestion, danger = false, waiting = false, changes, then, children, onClose } = asking
  const go = useGo()
  const [words, setWords] = useState({ summary: '', description: '' })
  const commit = useCommit(base, () => go(then, { ignoreBlocker: true }))
  const submit = async () => {
    const wanted = await changes()
    const summary = words.summary.trim() || suggestion
    if (wanted !== undefined) commit.send({ summary, description: words.description.trim(), changes: wanted })
  }
  return (
    <Dialog opened onClose={onClose} title={title} size="lg">
      {commit.conflict ? (
        <Conflict base={base} commit={commit} onDiscard={onClose} />
      ) : (
        <Form label={title} onSubmit={submit}>
          <ErrorNote error={commit.error} />
          {children}
          <MessageFields
            suggestion={suggestion}
            summary={words.summary}
            description={words.description}
            onChange={(change) => setWords({ ...words, ...change })}
          />
          <FormButtons label={label} danger={danger} disabled={waiting} busy={commit.busy} onClose={onClose} />
        </Form>
      )}
    </Dialog>
  )
}
