import { Code, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { repoAddress } from '../../addresses.ts'
import { CodeBox } from '../../pieces/CodeBox.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { type Repository, useRepository } from '../../repository.ts'

const ways = { hf: 'hf', python: 'Python', git: 'git' } as const
type Way = keyof typeof ways

/** The lines that bring the repository to one's own machine, for each kind of client. */
export function DownloadBox() {
  const repository = useRepository()
  const [way, setWay] = useState<Way>('hf')
  const lines = linesFor[way](repository)
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label="Client"
        value={way}
        onChange={(value) => setWay(value as Way)}
        data={Object.entries(ways).map(([value, label]) => ({ value, label }))}
      />
      <CodeBox lines={lines} label={`Download with ${ways[way]}`} />
      {repository.row.private && (
        <Text size="xs" c="dimmed">
          It is private: the client needs a token, as {way === 'git' ? 'password' : <Code fz="inherit">HF_TOKEN</Code>}.{' '}
          <LinkTo to="/settings/tokens">Your tokens</LinkTo>
        </Text>
      )}
    </Stack>
  )
}

const linesFor: Record<Way, (repository: Repository) => string> = {
  hf: (repository) => `export HF_ENDPOINT=${location.origin}\nhf download ${repository.id}${typeFlag(repository)}`,
  python: ({ id, type }) =>
    [
      'from huggingface_hub import snapshot_download',
      '',
      'snapshot_download(',
      `    "${id}",`,
      ...(type === 'model' ? [] : [`    repo_type="${type}",`]),
      `    endpoint="${location.origin}",`,
      ')',
    ].join('\n'),
  git: (repository) => `git lfs install\ngit clone ${cloneAddress(repository)}`,
}

/** ` --repo-type dataset`, where the command would take it for a model otherwise. */
export function typeFlag({ type }: Repository): string {
  return type === 'model' ? '' : ` --repo-type ${type}`
}

/** What `git clone` is given. */
export function cloneAddress({ type, id }: Repository): string {
  return location.origin + repoAddress(type, id)
}
