import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { bytesIn, sized, storage } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'

type Choice = 'default' | 'unlimited' | 'custom'

/** Sets how much one account or organization may store. */
export function OwnerLimit({ owner, onClose }: { owner: storage.StorageOwner; onClose: () => void }) {
  const { name, used, setting } = owner
  const [choice, setChoice] = useState<Choice>(typeof setting === 'number' ? 'custom' : setting)
  const [typed, setTyped] = useState(typeof setting === 'number' ? sized(setting) : '')
  const change = useChange(storage.setStorageLimit, (set) => {
    showDone(`${set.name} has ${set.limit === null ? 'no storage limit' : `a storage limit of ${sized(set.limit)}`}.`)
    onClose()
  })
  const wanted = choice === 'custom' ? bytesIn(typed) : choice
  const isWrong = choice === 'custom' && typed !== '' && wanted === undefined
  const submit = () => wanted !== undefined && change.mutate({ params: { owner: name }, body: { limit: wanted } })
  return (
    <Modal opened onClose={onClose} title={`Storage limit of ${name}`}>
      <Form label={`Storage limit of ${name}`} error={change.error} onSubmit={submit}>
        <Radio.Group
          label="Limit"
          value={choice}
          onChange={(value) => setChoice(value === 'unlimited' || value === 'custom' ? value : 'default')}
        >
          <Stack gap="xs" mt={8}>
            <Radio value="default" label="Default" />
            <Radio value="unlimited" label="No limit" />
            <Radio value="custom" label="Custom" />
          </Stack>
        </Radio.Group>
        {choice === 'custom' && (
          <TextInput
            label="Size"
            description="For example 500 GB or 2 TB."
            autoComplete="off"
            value={typed}
            error={isWrong ? 'Enter a size, for example 500 GB.' : undefined}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
            data-autofocus
          />
        )}
        <Text size="sm">
          {`${name} uses ${sized(used)}.`}
          {typeof wanted === 'number' && wanted <= used && ' This limit deletes nothing, but nothing can be added.'}
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={change.isPending}
            disabled={wanted === undefined || wanted === setting}
          >
            Set limit
          </Button>
        </Group>
      </Form>
    </Modal>
  )
}
