import { Progress, Text } from '@mantine/core'
import { sized, type storage } from '../../api/index.ts'
import { ErrorText } from './ErrorText.tsx'
import { PageColumn } from './PageColumn.tsx'

const nearlyFull = 0.8

/** How much of a storage limit is used, as words and as a bar. */
export function StorageMeter({ use, label }: { use: storage.StorageUse; label: string }) {
  const { used, limit } = use
  if (limit === null) return <Text size="sm" mb="lg">{`${sized(used)} used · no storage limit`}</Text>
  const share = limit === 0 ? 1 : used / limit
  return (
    <PageColumn gap={6} mb="lg">
      <Text size="sm">{`${sized(used)} of ${sized(limit)} used (${Math.round(share * 100)}%)`}</Text>
      <Progress.Root size="md">
        <Progress.Section aria-label={label} value={Math.min(100, share * 100)} color={colorOf(share)} />
      </Progress.Root>
      {share >= 1 && (
        <ErrorText>
          You’ve reached the storage limit. Delete repositories or LFS files, or ask a site admin for a higher limit.
        </ErrorText>
      )}
    </PageColumn>
  )
}

function colorOf(share: number): string {
  if (share >= 1) return 'red'
  return share >= nearlyFull ? 'orange' : 'var(--mantine-primary-color-filled)'
}
