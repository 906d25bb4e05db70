import { Alert, Button, Group, List, NumberInput, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { ApiError, type bulk } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { BulkPreview } from '../../../pieces/BulkPreview.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { counted, listed } from '../../../words.ts'
import { memberPage } from '../members/rows.ts'
import { deedsOf, touched, type Wanted } from './wanted.ts'

interface Look {
  org: Org
  wanted: Wanted
  result: bulk.BulkResult
  /** Why it was not applied. */
  error: unknown
  /** Plans again, perhaps with a higher limit. */
  onLook: (wanted: Wanted) => void
  onApply: () => void
  onAgain: () => void
}

/** The preview of a bulk change, row by row. */
export function Preview(look: Look) {
  const { org, wanted, result, error, onLook, onApply, onAgain } = look
  const [asked, setAsked] = useState(false)
  const reason = whyNotNow(result)
  const { counts } = result
  const isOver = counts.remove > result.removalLimit
  const takesAway = counts.remove > 0 || counts.loseAccess > 0
  const verb = wanted.isUndo ? 'Undo' : 'Apply'
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text flex="1 1 18rem" role="status">
          {sentenceOf(wanted, result)}
        </Text>
        <Group gap="sm">
          <Button onClick={onAgain}>{wanted.isUndo ? 'Cancel' : (wanted.back ?? 'Choose another file')}</Button>
          <Why reason={reason}>
            <Button
              variant="filled"
              {...(takesAway ? { color: 'red.9' } : {})}
              disabled={reason !== undefined}
              onClick={() => (takesAway ? setAsked(true) : onApply())}
            >
              {verb} {counted(touched(counts), 'change')}
              {takesAway && '…'}
            </Button>
          </Why>
        </Group>
      </Group>
      <ErrorNote error={error} candidatePage={memberPage(org)} />
      {isStale(error) && (
        <Group>
          <Button onClick={() => onLook(wanted)}>Update preview</Button>
        </Group>
      )}
      {isOver && <RaiseLimit wanted={wanted} result={result} onLook={onLook} />}
      <BulkPreview
        result={isOver ? withoutLimit(result) : result}
        label={`Preview of ${wanted.name}`}
        numbered={wanted.back === undefined}
      />
      {asked && (
        <ConfirmByTyping
          opened
          title={wanted.isUndo ? `Undo changes to ${org.name}` : `Apply changes to ${org.name}`}
          {...(counts.remove > 0 ? { word: org.name } : {})}
          label={`${verb} ${counted(touched(counts), 'change')}`}
          onConfirm={onApply}
          onClose={() => setAsked(false)}
        >
          <Loss result={result} />
        </ConfirmByTyping>
      )}
    </Stack>
  )
}

function sentenceOf({ name, isUndo }: Wanted, result: bulk.BulkResult): string {
  const { counts } = result
  const deeds = deedsOf(result)
  if (counts.error > 0) return `${name}: ${fixFirst(counts.error)}`
  if (deeds === undefined) return `${name}: No changes to apply.`
  const invited = isUndo && counts.invite > 0 ? ' Removed people are invited again.' : ''
  return `${name}: ${deeds}.${invited} Nothing has changed yet.`
}

function whyNotNow({ counts, problems, removalLimit }: bulk.BulkResult): string | undefined {
  if (counts.remove > removalLimit)
    return 'This removes more people than the limit. To continue, raise the limit below.'
  if (counts.error > 0) return fixFirst(counts.error)
  if (problems.length > 0) return problems[0]
  return touched(counts) === 0 ? 'No changes to apply.' : undefined
}

function fixFirst(errors: number): string {
  return `${counted(errors, 'row has an error', 'rows have errors')}. Fix or remove ${errors === 1 ? 'it' : 'them'} in the file, then choose it again.`
}

// The limit has its own note with the field that raises it.
function withoutLimit(result: bulk.BulkResult): bulk.BulkResult {
  return { ...result, problems: result.problems.filter((problem) => !problem.includes('removalLimit')) }
}

function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409
}

function RaiseLimit({ wanted, result, onLook }: Pick<Look, 'wanted' | 'result' | 'onLook'>) {
  const { remove } = result.counts
  const [limit, setLimit] = useState<number | string>(remove)
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title="Too many removals">
      <Text size="sm" mb="xs">
        This removes {counted(remove, 'person', 'people')}. The limit is {result.removalLimit.toLocaleString('en')}.
        Check the list below, then raise the limit for this change.
      </Text>
      <Form label="Raise limit" onSubmit={() => onLook({ ...wanted, removalLimit: Number(limit) })}>
        <Group align="flex-end" gap="sm">
          <NumberInput
            label="Removal limit"
            w={140}
            min={0}
            max={10_000}
            allowDecimal={false}
            value={limit}
            onChange={setLimit}
          />
          <Button type="submit" disabled={Number(limit) < remove}>
            Raise limit
          </Button>
        </Group>
      </Form>
    </Alert>
  )
}

const namedAtMost = 12

function Loss({ result }: { result: bulk.BulkResult }) {
  const losing = result.rows.filter(({ loses }) => loses.length > 0)
  const revoked = result.counts.revoke
  const more = losing.length - namedAtMost
  return (
    <div>
      {losing.length > 0 && (
        <>
          <Text size="sm">{counted(losing.length, 'person loses', 'people lose')} access immediately:</Text>
          <List
            size="sm"
            spacing={2}
            mt={4}
            mah={260}
            style={{ overflowY: 'auto' }}
            tabIndex={0}
            aria-label="Who loses what"
          >
            {losing.slice(0, namedAtMost).map(({ row, who, loses, verdict }) => (
              <List.Item key={row}>
                <b>{who}</b> {verdict === 'remove' ? 'is removed' : `loses ${listed(loses)}`}
              </List.Item>
            ))}
            {more > 0 && <List.Item>and {more.toLocaleString('en')} more</List.Item>}
          </List>
        </>
      )}
      {revoked > 0 && (
        <Text size="sm" mt={losing.length > 0 ? 'xs' : 0}>
          {counted(revoked, 'pending invitation is', 'pending invitations are')} revoked.
        </Text>
      )}
    </div>
  )
}
