import { Text } from '@mantine/core'
import { commits } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'
import { shortRevision } from '../paths.ts'
import type { Reference, ReferenceKind } from '../references.ts'

/** Asks before a branch or a tag is deleted, and says what that loses. */
export function DeleteReference(props: { kind: ReferenceKind; reference: Reference | undefined; onClose: () => void }) {
  const { kind, reference, onClose } = props
  const { params } = useRepository()
  const change = useChange(kind === 'tag' ? commits.deleteTag : commits.deleteBranch, () => {
    showDone(`Deleted the ${kind} ${reference?.name}.`)
    onClose()
  })
  const name = reference?.name ?? ''
  return (
    <ConfirmByTyping
      opened={reference !== undefined}
      title={`Delete the ${kind} ${name}`}
      label={`Delete ${name}`}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ params: { ...params, rev: name } })}
      onClose={() => {
        change.reset()
        onClose()
      }}
    >
      <Text size="sm">
        {kind === 'tag'
          ? 'Downloads that use this tag stop working. The commit isn’t deleted.'
          : `Commits that aren’t on another branch or tag are lost. The branch is at ${shortRevision(reference?.targetCommit ?? '')}.`}
      </Text>
    </ConfirmByTyping>
  )
}
