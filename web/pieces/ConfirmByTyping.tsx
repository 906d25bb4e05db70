import { TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Place } from '../places.ts'
import { Dialog } from './Dialog.tsx'
import { ErrorNote } from './ErrorNote.tsx'
import { Form } from './Form.tsx'
import { FormButtons } from './FormButtons.tsx'

interface Question {
  opened: boolean
  title: string
  /** What has to be typed; without it the button alone is enough. */
  word?: string
  /** Words of the button; they repeat the object's name. */
  label: string
  children?: ReactNode
  busy?: boolean
  /** Kept disabled while, for example, what will be lost is still being read. */
  waiting?: boolean
  error?: unknown
  danger?: boolean
  candidatePage?: (user: string) => Place
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something is done that takes access or data away, and where it is irreversible has the name typed. */
export function ConfirmByTyping(question: Question) {
  return (
    <Dialog opened={question.opened} onClose={question.onClose} title={question.title}>
      {question.opened && <ConfirmForm {...question} />}
    </Dialog>
  )
}

function ConfirmForm(question: Question) {
  const [typed, setTyped] = useState('')
  const ready = !question.waiting && (question.word === undefined || typed.trim() === question.word)
  return (
    <Form onSubmit={() => ready && question.onConfirm()}>
      {question.children}
      {question.word !== undefined && (
        <TextInput
          label={`Type “${question.word}” to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      )}
      <ErrorNote
        error={question.error}
        {...(question.candidatePage ? { candidatePage: question.candidatePage } : {})}
      />
      <FormButtons
        label={question.label}
        busy={question.busy ?? false}
        disabled={!ready}
        danger={question.danger ?? true}
        onClose={question.onClose}
      />
    </Form>
  )
}
