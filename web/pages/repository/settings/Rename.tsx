import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Block } from '../../../pieces/Block.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { useRepository } from '../../../repository.ts'
import { useMove } from './useMove.ts'

/** Another name in the same namespace; nothing else changes. */
export function Rename({ reason }: { reason: string | undefined }) {
  const { namespace, name } = useRepository()
  const [wanted, setWanted] = useState('')
  const move = useMove()
  const isReady = wanted !== '' && wanted !== name
  return (
    <Block
      title="Name"
      about="Pages, clones and downloads under the old name redirect here until another account takes it."
    >
      <Form
        label="Rename"
        rest={move.error}
        error={move.error}
        onSubmit={() => isReady && move.mutate(`${namespace}/${wanted}`)}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label="New name"
            placeholder={name}
            value={wanted}
            maxLength={96}
            spellCheck={false}
            autoComplete="off"
            disabled={reason !== undefined}
            flex="1 1 14rem"
            onChange={({ currentTarget }) => setWanted(currentTarget.value.trim())}
          />
          <Why reason={reason}>
            <Button type="submit" disabled={reason !== undefined || !isReady} loading={move.isPending}>
              Rename
            </Button>
          </Why>
        </Group>
      </Form>
    </Block>
  )
}
