import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { useRepository } from '../../../repository.ts'
import classes from './CommitForm.module.css'

const maxSummary = 200
const maxDescription = 20_000

interface Committing {
  branch: string
  /** What the commit is called when nothing else is typed. */
  suggestion: string
  /** Why there is nothing to commit. */
  reason: string | undefined
  busy: boolean
  error: unknown
  onCommit: (summary: string, description: string) => void
  /** What stands beside the button. */
  children?: ReactNode
}

/** What a commit is called, why it is made, and the button that makes it. */
export function CommitForm({ branch, suggestion, reason, busy, error, onCommit, children }: Committing) {
  const { id } = useRepository()
  const [words, setWords] = useState({ summary: '', description: '' })
  const submit = () => onCommit(words.summary.trim() || suggestion, words.description.trim())
  return (
    <section className={classes.form} aria-label="Commit">
      <Form label={`Commit to ${branch}`} onSubmit={submit}>
        <ErrorNote error={error} />
        <MessageFields
          suggestion={suggestion}
          summary={words.summary}
          description={words.description}
          onChange={(change) => setWords({ ...words, ...change })}
        />
        <Group gap="sm" justify="space-between">
          <Text size="sm" c="dimmed">
            Commits to <b>{branch}</b> of {id}.
          </Text>
          <Group gap="sm">
            {children}
            <Why reason={busy ? undefined : reason}>
              <Button type="submit" variant="filled" loading={busy} disabled={reason !== undefined}>
                Commit to {branch}
              </Button>
            </Why>
          </Group>
        </Group>
      </Form>
    </section>
  )
}

/** The two fields of a commit’s message. */
export function MessageFields(props: {
  suggestion: string
  summary: string
  description: string
  onChange: (change: { summary?: string; description?: string }) => void
}) {
  return (
    <Stack gap="sm">
      <TextInput
        label="Commit message"
        placeholder={props.suggestion}
        value={props.summary}
        maxLength={maxSummary}
        autoComplete="off"
        onChange={({ currentTarget }) => props.onChange({ summary: currentTarget.value })}
      />
      <Textarea
        label="Description"
        placeholder="Optional. Why you made this change."
        value={props.description}
        maxLength={maxDescription}
        autosize
        minRows={2}
        maxRows={6}
        onChange={({ currentTarget }) => props.onChange({ description: currentTarget.value })}
      />
    </Stack>
  )
}
