import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowBackUp, IconCheck, IconDownload } from '@tabler/icons-react'
import type { bulk } from '../../../../api/index.ts'
import { downloadText } from '../../../download.ts'
import type { Org } from '../../../organization.ts'
import { BulkPreview } from '../../../pieces/BulkPreview.tsx'
import { ButtonTo, LinkTo } from '../../../pieces/LinkTo.tsx'
import { doneOf, type Wanted } from './wanted.ts'

interface Done {
  org: Org
  wanted: Wanted
  result: bulk.BulkResult
  onUndo: () => void
  onAgain: () => void
}

/** What was applied, and how to undo it, now or later with a file. */
export function Applied({ org, wanted, result, onUndo, onAgain }: Done) {
  const canUndo = result.inverse.trim().split('\n').length > 1
  return (
    <Stack gap="md">
      <Alert
        variant="light"
        icon={<IconCheck aria-hidden />}
        title={wanted.isUndo ? 'Undone' : 'Applied'}
        role="status"
      >
        <Text size="sm">
          {wanted.name}: {doneOf(result) ?? 'No changes'}.
        </Text>
        {canUndo && (
          <Text size="sm" mt={4}>
            To undo this later, go to{' '}
            <LinkTo to="/organizations/$org/settings/imports" params={{ org: org.name }}>
              Imports
            </LinkTo>
            . The undo file is kept there for 30 days. Removed people are invited again.
          </Text>
        )}
        <Group gap="sm" mt="sm">
          {canUndo && (
            <>
              <Button
                size="xs"
                leftSection={<IconDownload size={15} aria-hidden />}
                onClick={() => downloadText(undoName(org.name), result.inverse, 'text/csv;charset=utf-8')}
              >
                Download undo file
              </Button>
              <Button size="xs" leftSection={<IconArrowBackUp size={15} aria-hidden />} onClick={onUndo}>
                Undo…
              </Button>
            </>
          )}
          <Button size="xs" onClick={onAgain}>
            {wanted.back ?? 'Import another file'}
          </Button>
          <ButtonTo size="xs" to="/organizations/$org/settings/members" params={{ org: org.name }}>
            View members
          </ButtonTo>
        </Group>
      </Alert>
      <BulkPreview result={result} label={`Result of ${wanted.name}`} numbered={wanted.back === undefined} />
    </Stack>
  )
}

function undoName(org: string): string {
  return `undo-${org}-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, '-')}.csv`
}
