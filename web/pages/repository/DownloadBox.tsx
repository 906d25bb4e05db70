import { Code, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { repoAddress } from '../../addresses.ts'
import { useIsGateClosed } from '../../gate.ts'
import { CodeBox } from '../../pieces/CodeBox.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { mainBranch, type Repository, useRepository } from '../../repository.ts'
import { shellWord } from './paths.ts'

const ways = { hf: 'hf', python: 'Python', git: 'Git' } as const
type Way = keyof typeof ways

/** The lines that bring a revision of the repository to one's own machine, for each kind of client. */
export function DownloadBox({ rev = mainBranch }: { rev?: string }) {
  const repository = useRepository()
  const isClosed = useIsGateClosed()
  const [way, setWay] = useState<Way>('hf')
  const lines = linesFor[way](repository, rev)
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
      {(repository.row.private || repository.row.gated) && (
        <Text size="xs" c="dimmed">
          This repository is {repository.row.private ? 'private' : 'gated'}.{' '}
          {isClosed ? 'When you have access, use' : 'Use'} an access token as{' '}
          {way === 'git' ? 'the password' : <Code fz="inherit">HF_TOKEN</Code>}.{' '}
          <LinkTo to="/settings/tokens">Access tokens</LinkTo>
        </Text>
      )}
    </Stack>
  )
}

const linesFor: Record<Way, (repository: Repository, rev: string) => string> = {
  hf: (repository, rev) => {
    const revision = rev === mainBranch ? '' : ` --revision ${shellWord(rev)}`
    return `export HF_ENDPOINT=${location.origin}\nhf download ${repository.id}${typeFlag(repository)}${revision}`
  },
  python: ({ id, type }, rev) =>
    [
      'from huggingface_hub import snapshot_download',
      '',
      'snapshot_download(',
      `    "${id}",`,
      ...(type === 'model' ? [] : [`    repo_type="${type}",`]),
      ...(rev === mainBranch ? [] : [`    revision=${JSON.stringify(rev)},`]),
      `    endpoint="${location.origin}",`,
      ')',
    ].join('\n'),
  git: (repository, rev) => {
    const clone = `git lfs install\ngit clone ${cloneAddress(repository)}`
    return rev === mainBranch ? clone : `${clone}\ncd ${repository.name}\ngit checkout ${shellWord(rev)}`
  },
}

/** ` --repo-type dataset`, where the command would take it for a model otherwise. */
export function typeFlag({ type }: Repository): string {
  return type === 'model' ? '' : ` --repo-type ${type}`
}

/** What `git clone` is given. */
export function cloneAddress(repository: Repository): string {
  return location.origin + repoAddress(repository)
}
