import { Button, Group, List, Text, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { operator, type ReplyOf, sized } from '../../../../api/index.ts'
import { restart, useEndless } from '../../../endless.ts'
import { useApiForm } from '../../../form.ts'
import { useChange } from '../../../hub.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { Dialog } from '../../../pieces/Dialog.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { FormButtons } from '../../../pieces/FormButtons.tsx'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { ReachBadges } from '../../../pieces/RepoBadges.tsx'
import { repoPage } from '../../../places.ts'

type Row = ReplyOf<typeof operator.listOwnerless>[number]
type Asked = { deed: 'transfer' | 'delete'; row: Row }

/** Repositories of accounts that were deleted: public ones can be transferred, and all can be deleted. */
export function Ownerless() {
  const list = useEndless(operator.listOwnerless, { query: { limit: 100 } })
  const [asked, setAsked] = useState<Asked>()
  const columns = useMemo(() => columnsOf(setAsked), [])
  const close = () => setAsked(undefined)
  return (
    <Block
      title="Repositories without an owner"
      about="Their owners deleted their accounts. Private ones can only be deleted."
      wide
    >
      <EndlessTable
        label="Repositories without an owner"
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        heights={{ row: 57, card: 120 }}
        empty={<Text c="dimmed">No repositories without an owner</Text>}
      />
      {asked?.deed === 'transfer' && <Transfer row={asked.row} onClose={close} />}
      {asked?.deed === 'delete' && <Delete row={asked.row} onClose={close} />}
    </Block>
  )
}

function columnsOf(onAsk: (asked: Asked) => void): Column<Row>[] {
  return [
    {
      id: 'name',
      header: 'Repository',
      card: 'title',
      cell: ({ type, name, private: isPrivate, gated }) => (
        <Group gap={6}>
          {isPrivate ? (
            <Text size="sm">{name}</Text>
          ) : (
            <LinkTo {...repoPage({ type, id: name })} size="sm">
              {name}
            </LinkTo>
          )}
          <ReachBadges of={{ private: isPrivate, gated }} />
        </Group>
      ),
    },
    { id: 'kind', header: 'Type', width: '100px', cell: ({ type }) => type },
    { id: 'size', header: 'Size', width: '110px', cell: ({ storage }) => sized(storage) },
    { id: 'deeds', header: 'Actions', quiet: true, width: '220px', cell: (row) => <Deeds row={row} onAsk={onAsk} /> },
  ]
}

function Deeds({ row, onAsk }: { row: Row; onAsk: (asked: Asked) => void }) {
  return (
    <Group gap={8} wrap="nowrap">
      {!row.private && (
        <Button size="xs" aria-label={`Transfer ${row.name}`} onClick={() => onAsk({ deed: 'transfer', row })}>
          Transfer
        </Button>
      )}
      <Button
        size="xs"
        color="red"
        variant="light"
        aria-label={`Delete ${row.name}`}
        onClick={() => onAsk({ deed: 'delete', row })}
      >
        Delete
      </Button>
    </Group>
  )
}

function Transfer({ row, onClose }: { row: Row; onClose: () => void }) {
  const form = useApiForm(operator.transferOwnerless, {
    start: { toRepo: '' },
    input: ({ toRepo }) => ({ params: { id: row.id }, body: { toRepo: toRepo.trim() } }),
    after: (_reply, input) => {
      restart(operator.listOwnerless)
      showDone(`Repository transferred to ${input.body.toRepo}.`)
      onClose()
    },
  })
  return (
    <Dialog opened onClose={onClose} title={`Transfer ${row.name}`}>
      <ApiForm of={form} label={`Transfer ${row.name}`}>
        <TextInput
          label="New name"
          description="Owner and name, for example acme/tokenizer."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={200}
          required
          data-autofocus
          {...form.field('toRepo')}
        />
        <FormButtons label="Transfer" busy={form.change.isPending} onClose={onClose} />
      </ApiForm>
    </Dialog>
  )
}

function Delete({ row, onClose }: { row: Row; onClose: () => void }) {
  const remove = useChange(operator.deleteOwnerless, () => {
    restart(operator.listOwnerless)
    showDone(`Deleted ${row.name}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger
      title={`Delete ${row.name}`}
      word={row.name}
      label={`Delete ${row.name}`}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ params: { id: row.id } })}
      onClose={onClose}
    >
      <List size="sm" spacing={4}>
        <List.Item>{`The ${row.type} and its history are deleted: ${sized(row.storage)}.`}</List.Item>
        <List.Item>Collaborators lose access.</List.Item>
        <List.Item>This can’t be undone.</List.Item>
      </List>
    </ConfirmByTyping>
  )
}
