import { Progress, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { bulk } from '../../../../api/index.ts'
import { pageColumnWidth } from '../../../pieces/PageColumn.tsx'
import { RowsSkeleton } from '../../../pieces/Skeletons.tsx'
import { counted } from '../../../words.ts'
import { touched } from './wanted.ts'

/** While a file is read or applied: what happens, for how many people, and for how long. */
export function Busy({ words, counts }: { words: string; counts?: bulk.BulkResult['counts'] }) {
  const seconds = useSeconds()
  return (
    <Stack gap="sm" role="status" aria-label={words}>
      <Text size="sm">
        {words}
        {counts && ` ${counted(touched(counts), 'change')}`}…{' '}
        {seconds > 0 && <span aria-hidden>{counted(seconds, 'second')}</span>}
      </Text>
      <Progress value={100} animated size="sm" maw={pageColumnWidth} aria-label={words} />
      {!counts && <RowsSkeleton rows={6} />}
    </Stack>
  )
}

function useSeconds(): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return seconds
}
