import { Group, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { type audit, eventTypeToday } from '../../../../api/index.ts'
import type { Column } from '../../../pieces/columns.ts'
import { LinkTo } from '../../../pieces/LinkTo.tsx'
import { Portrait } from '../../../pieces/Portrait.tsx'
import { When } from '../../../pieces/When.tsx'
import classes from './Audit.module.css'
import { EventDetails } from './EventDetails.tsx'

type AuditEvent = audit.AuditEvent

interface Deeds {
  open: string | undefined
  onOpen: (id: string | undefined) => void
}

/** The columns of the audit log; an open event shows its details below its sentence. */
export function eventColumns(deeds: Deeds): Column<AuditEvent>[] {
  return [
    { id: 'event', header: 'Event', card: 'title', cell: (event) => <Sentence event={event} {...deeds} /> },
    { id: 'author', header: 'By', width: '210px', cell: (event) => <Author event={event} /> },
    {
      id: 'when',
      header: 'When',
      width: '150px',
      cell: ({ createdAt, ip }) => (
        <>
          <Text size="sm" c="dimmed">
            <When time={createdAt} />
          </Text>
          {ip && (
            <Text size="xs" c="dimmed" className="mono">
              {ip}
            </Text>
          )}
        </>
      ),
    },
  ]
}

function Sentence({ event, open, onOpen }: Deeds & { event: AuditEvent }) {
  const isOpen = open === event._id
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <>
      <UnstyledButton
        className={classes.sentence}
        aria-expanded={isOpen}
        onClick={() => onOpen(isOpen ? undefined : event._id)}
      >
        <Chevron size={16} aria-hidden className={classes.chevron ?? ''} />
        <span className={classes.words}>
          <Text span size="sm" display="block">
            {event.message}
          </Text>
          <Text span size="xs" c="dimmed" className="mono">
            {eventTypeToday(event.type)}
          </Text>
        </span>
      </UnstyledButton>
      {isOpen && <EventDetails event={event} />}
    </>
  )
}

function Author({ event }: { event: AuditEvent }) {
  const { author, token } = event
  return (
    <Group gap={8} wrap="nowrap">
      {author.type === 'user' && <Portrait name={author.user} size={24} />}
      <div style={{ minWidth: 0 }}>
        {author.type === 'user' && !author.deleted ? (
          <LinkTo to="/$name" params={{ name: author.user }} c="inherit" size="sm" truncate display="block">
            {author.user}
          </LinkTo>
        ) : (
          <Text size="sm" truncate>
            {author.type === 'system' ? 'Guildhall' : `${author.user} (deleted)`}
          </Text>
        )}
        {token && (
          <Text size="xs" c="dimmed">
            Token …{token.last4}
          </Text>
        )}
      </div>
    </Group>
  )
}
