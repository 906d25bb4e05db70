import { Progress as Bar, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { sized } from '../../../../api/index.ts'
import { useGo } from '../../../go.ts'
import { ButtonTo } from '../../../pieces/LinkTo.tsx'
import { folderPage } from '../../../places.ts'
import { useRepository, useRevision } from '../../../repository.ts'
import { counted } from '../../../words.ts'
import type { Base } from './base.ts'
import { CommitForm } from './CommitForm.tsx'
import { Conflict } from './Conflict.tsx'
import type { Change, Progress } from './commit.ts'
import { DropPlace } from './DropPlace.tsx'
import { Gate } from './Gate.tsx'
import { PickedFiles } from './PickedFiles.tsx'
import { type Picked, withMore } from './picked.ts'
import { useCommit } from './useCommit.ts'
import { useUnsaved } from './useUnsaved.tsx'

const mostFiles = 25_000

/** Uploading files into a folder of a branch, all of them in one commit. */
export function Page() {
  const { rev, path } = useRevision()
  const { id } = useRepository()
  return (
    <>
      <title>{`Upload · ${id}`}</title>
      <Gate rev={rev}>{(base) => <Upload key={`${rev}:${path}`} base={base} folder={path} />}</Gate>
    </>
  )
}

function Upload({ base, folder }: { base: Base; folder: string }) {
  const repository = useRepository()
  const go = useGo()
  const [picked, setPicked] = useState<Picked[]>([])
  const unsaved = useUnsaved(picked.length > 0, 'The files you chose aren’t committed yet.')
  const back = folderPage(repository, 'tree', base.branch, folder)
  const commit = useCommit(base, () => {
    unsaved.release()
    return go(back)
  })
  const discard = () => {
    unsaved.release()
    return go(back)
  }
  const add = (more: Picked[]) =>
    setPicked((before) =>
      withMore(
        before,
        more.map((one) => ({ ...one, path: inFolder(folder, one.path) })),
      ),
    )
  const changes = () => picked.map(({ path, file }): Change => ({ kind: 'file', path, content: file }))
  if (commit.conflict) {
    return (
      <>
        {unsaved.question}
        <Conflict base={base} commit={commit} onDiscard={discard} />
        <Sending progress={commit.progress} picked={picked} onStop={commit.stop} />
      </>
    )
  }
  return (
    <Stack gap="md">
      {unsaved.question}
      <Text c="dimmed" size="sm">
        {stateOf(picked, folder === '' ? repository.name : `${repository.name}/${folder}`)}
      </Text>
      {!commit.busy && <DropPlace onPicked={add} />}
      {picked.length > 0 && (
        <PickedFiles
          base={base}
          picked={picked}
          {...(commit.busy ? {} : { onRemove: (path: string) => setPicked(picked.filter((one) => one.path !== path)) })}
        />
      )}
      <Sending progress={commit.progress} picked={picked} onStop={commit.stop} />
      <CommitForm
        branch={base.branch}
        suggestion={suggestionFor(picked)}
        reason={whyNot(picked)}
        busy={commit.busy}
        error={commit.error}
        onCommit={(summary, description) => commit.send({ summary, description, changes: changes() })}
      >
        <ButtonTo {...back}>Cancel</ButtonTo>
      </CommitForm>
    </Stack>
  )
}

function inFolder(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`
}

function stateOf(picked: Picked[], place: string): string {
  if (picked.length === 0) return `Upload files and folders to ${place} in one commit.`
  return `${counted(picked.length, 'file')}, ${sized(picked.reduce((sum, { file }) => sum + file.size, 0))}, for ${place}.`
}

function suggestionFor(picked: Picked[]): string {
  if (picked.length === 0) return 'Upload files'
  return picked.length === 1 ? `Upload ${picked[0]?.path}` : `Upload ${counted(picked.length, 'file')}`
}

function whyNot(picked: Picked[]): string | undefined {
  if (picked.length === 0) return 'Choose files first.'
  if (picked.length <= mostFiles) return undefined
  return `A commit can have up to ${mostFiles.toLocaleString('en')} files. Upload fewer at a time.`
}

interface SendingProps {
  progress: Progress | undefined
  picked: Picked[]
  onStop: () => void
}

function Sending({ progress, picked, onStop }: SendingProps) {
  if (progress === undefined) return null
  const { step, path, bytes, totalBytes } = progress
  const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100)
  const isSent = step === 'sending' && path === undefined && bytes >= totalBytes
  const words = isSent
    ? `Upload complete. Creating a commit with ${counted(picked.length, 'file')}.`
    : stepWords(progress, picked)
  return (
    <Stack gap={6} role="status">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {words}
        </Text>
        <Button size="xs" onClick={onStop}>
          Stop
        </Button>
      </Group>
      <Bar value={percent} animated={isSent} aria-label={words} />
    </Stack>
  )
}

function stepWords({ step, path, bytes, totalBytes }: Progress, picked: Picked[]): string {
  const verb = step === 'reading' ? 'Reading' : 'Sending'
  const amount = `${sized(bytes)} of ${sized(totalBytes)}`
  if (path === undefined) return `${verb} the commit: ${amount}`
  return `${verb} file ${picked.findIndex((one) => one.path === path) + 1} of ${picked.length}, ${path}: ${amount}`
}
