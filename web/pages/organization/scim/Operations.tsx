import { Switch, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { scimSettings } from '../../../../api/index.ts'
import { useEndless } from '../../../endless.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { ErrorText } from '../../../pieces/ErrorText.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'

type Operation = scimSettings.ScimOperation

/** What the identity provider asked for last, and the errors that it got. */
export function Operations({ org }: { org: Org }) {
  const [onlyErrors, setOnlyErrors] = useState(false)
  const query = onlyErrors ? { errors: 'true' as const, limit: 50 } : { limit: 50 }
  const list = useEndless(scimSettings.listScimOperations, { params: { org: org.name }, query })
  const columns = useMemo(columnsOf, [])
  return (
    <Block
      title="Last operations"
      wide
      about="Changes by the identity provider, and the errors that it got. Kept for 30 days."
    >
      <Switch
        label="Only errors"
        checked={onlyErrors}
        onChange={(event) => setOnlyErrors(event.currentTarget.checked)}
      />
      <EndlessTable
        label="Last SCIM operations"
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        empty={<Text size="sm">{onlyErrors ? 'No errors.' : 'No operations yet.'}</Text>}
      />
    </Block>
  )
}

const verbs: Record<string, string> = { POST: 'Create', PUT: 'Replace', PATCH: 'Change', DELETE: 'Delete' }

function columnsOf(): Column<Operation>[] {
  return [
    {
      id: 'what',
      header: 'Operation',
      card: 'title',
      cell: ({ method, resource, subject, error }) => (
        <>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {verbs[method] ?? method} {resource.toLowerCase()} <b>{subject}</b>
          </Text>
          {error !== null && <ErrorText size="xs">{error}</ErrorText>}
        </>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      width: '90px',
      card: 'aside',
      cell: ({ status, error }) => <Word tone={error === null ? 'good' : 'danger'}>{status}</Word>,
    },
    { id: 'at', header: 'Time', width: '150px', cell: ({ at }) => <When time={at} /> },
  ]
}
