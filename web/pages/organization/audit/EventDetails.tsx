import { Code, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { audit } from '../../../../api/index.ts'
import classes from './Audit.module.css'

type AuditEvent = audit.AuditEvent
type Fields = Record<string, unknown>

/** Everything an event recorded: what changed from what to what, from where, and its place in the chain. */
export function EventDetails({ event }: { event: AuditEvent }) {
  const { chain, before, after, ...rest } = event.data
  const changes = changedFields(before, after)
  return (
    <dl className={classes.details}>
      {changes.map(([field, from, to]) => (
        <Detail key={field} label={field}>
          <Value value={from} /> <span aria-hidden>→</span>
          <span className={classes.hidden}> becomes </span> <Value value={to} />
        </Detail>
      ))}
      {Object.entries(rest).map(([field, value]) => (
        <Detail key={field} label={field}>
          <Value value={value} />
        </Detail>
      ))}
      <Detail label="exact time">{event.createdAt}</Detail>
      {event.ip && <Detail label="address">{event.ip}</Detail>}
      {event.userAgent && <Detail label="client">{event.userAgent}</Detail>}
      {event.token && <Detail label="token">{tokenWords(event.token)}</Detail>}
      <Detail label="place in the chain">
        {chain.seq}, hash <span className="mono">{chain.hash.slice(0, 16)}…</span>
      </Detail>
    </dl>
  )
}

function tokenWords({ id, role, last4, deleted }: NonNullable<AuditEvent['token']>): string {
  return [role, last4 ? `…${last4}` : id, deleted ? 'deleted since' : ''].filter(Boolean).join(', ')
}

function Detail({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.detail}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === '') {
    return (
      <Text span inherit c="dimmed">
        nothing
      </Text>
    )
  }
  const name = nameIn(value)
  if (name !== undefined) return <span>{name}</span>
  if (typeof value === 'object') return <Code className={classes.json ?? ''}>{JSON.stringify(value, null, 1)}</Code>
  return <span>{String(value)}</span>
}

/** The fields that differ between two states; where one side is missing, all of the other. */
function changedFields(before: unknown, after: unknown): [string, unknown, unknown][] {
  if (before === undefined && after === undefined) return []
  if (!isFields(before ?? {}) || !isFields(after ?? {})) return [['change', before, after]]
  const [from, to] = [(before ?? {}) as Fields, (after ?? {}) as Fields]
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return names
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .map((name) => [name, from[name], to[name]])
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The name of a person, a group or a repository that an event keeps with its id. */
function nameIn(value: unknown): string | undefined {
  if (!isFields(value) || Object.keys(value).length > 3) return undefined
  const name = value.user ?? value.name
  return typeof name === 'string' ? name : undefined
}
