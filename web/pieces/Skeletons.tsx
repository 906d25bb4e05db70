import { Skeleton, Stack } from '@mantine/core'

/** The shape of a page while it is being read. */
export function PageSkeleton() {
  return (
    <Stack gap="md" role="status" aria-label="Loading">
      <Skeleton height={30} width={220} />
      <Skeleton height={18} width="60%" maw={480} />
      <RowsSkeleton rows={6} />
    </Stack>
  )
}

/** The shape of a list while it is being read. */
export function RowsSkeleton({ rows }: { rows: number }) {
  return (
    <Stack gap="sm" mt="md">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} height={44} radius="md" />
      ))}
    </Stack>
  )
}
