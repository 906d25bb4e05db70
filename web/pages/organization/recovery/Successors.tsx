import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { type members, organizations, type ReplyOf } from '../../../../api/index.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { Named } from '../../../pieces/Portrait.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { PickMember } from '../members/PickMember.tsx'
import classes from './Successors.module.css'

type Successor = ReplyOf<typeof organizations.getSuccessors>['successors'][number]

interface Part {
  org: Org
  successors: Successor[]
  reason: string | undefined
}

/** The ordered successors; changed here and saved as a whole. */
export function Successors({ org, successors, reason }: Part) {
  const [rows, setRows] = useState(successors)
  const save = useChange(organizations.setSuccessors, () => showDone('Successors saved.'))
  const changed = rows.map(({ user }) => user).join() !== successors.map(({ user }) => user).join()
  const submit = () => save.mutate({ params: { org: org.name }, body: { successors: rows.map(({ user }) => user) } })
  return (
    <Stack gap="md">
      {rows.length === 0 && <Text size="sm">No successors.</Text>}
      {rows.length > 0 && (
        <ol className={classes.list}>
          {rows.map((row, index) => (
            <Row
              key={row.user}
              row={row}
              index={index}
              count={rows.length}
              fixed={reason !== undefined}
              onMove={(to) => setRows(moved(rows, index, to))}
            />
          ))}
        </ol>
      )}
      {reason === undefined ? (
        <>
          <AddSuccessor org={org} taken={rows} onAdd={(row) => setRows([...rows, row])} />
          <ErrorNote error={save.error} />
          <Group>
            <Button variant="filled" disabled={!changed} loading={save.isPending} onClick={submit}>
              Save successors
            </Button>
            {changed && <Button onClick={() => setRows(successors)}>Discard changes</Button>}
          </Group>
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {reason}
        </Text>
      )}
    </Stack>
  )
}

interface RowProps {
  row: Successor
  index: number
  count: number
  fixed: boolean
  /** To another place, or out of the list. */
  onMove: (to: number | undefined) => void
}

function Row({ row, index, count, fixed, onMove }: RowProps) {
  const { user, fullname, role, usable } = row
  return (
    <li className={classes.row}>
      <div className={classes.who}>
        <Named name={user} fullname={fullname} />
        {!usable && (
          <Text size="xs" c="dimmed">
            Skipped for now: can’t sign in or has no verified email address.
          </Text>
        )}
      </div>
      <RoleBadge role={role} />
      {!fixed && (
        <Group gap={2} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Move ${user} up`}
            disabled={index === 0}
            onClick={() => onMove(index - 1)}
          >
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Move ${user} down`}
            disabled={index === count - 1}
            onClick={() => onMove(index + 1)}
          >
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={`Remove ${user}`} onClick={() => onMove(undefined)}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      )}
    </li>
  )
}

function moved(rows: Successor[], from: number, to: number | undefined): Successor[] {
  const rest = rows.filter((_, index) => index !== from)
  return to === undefined ? rest : rest.toSpliced(to, 0, ...rows.slice(from, from + 1))
}

function AddSuccessor({ org, taken, onAdd }: { org: Org; taken: Successor[]; onAdd: (row: Successor) => void }) {
  const add = (found: members.Member | undefined) => {
    if (!found) return
    const { user, fullname, avatarUrl, role = 'read' } = found
    onAdd({ user, fullname, avatarUrl, role, usable: true })
  }
  const without = taken.map(({ user }) => user)
  return <PickMember org={org} label="Add a successor" without={without} picked={undefined} onPick={add} />
}
