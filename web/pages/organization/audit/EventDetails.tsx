import { Code, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { audit } from '../../../../api/index.ts'
import { sayExactly } from '../../../pieces/moments.ts'
import classes from './Audit.module.css'
import { changedFields, type Fields, isFields, labelOf, wordsOf } from './details.ts'

type AuditEvent = audit.AuditEvent

/** Everything an event recorded: what changed from what to what, from where, and its place in the chain. */
export function EventDetails({ event }: { event: AuditEvent }) {
  const { chain, before, after, ...rest } = event.data
  const changes = changedFields(before, after)
  return (
    <div className={classes.details}>
      {changes.length > 0 && <Diff changes={changes} />}
      <dl className={classes.list}>
        {Object.entries(rest).map(([field, value]) => (
          <Detail key={field} label={labelOf(field)}>
            <Value value={value} />
          </Detail>
        ))}
        <Detail label="Time">{sayExactly(event.createdAt)}</Detail>
        <Detail label="IP address">{event.ip || 'Not recorded'}</Detail>
        <Detail label="Token used">{event.token ? tokenWords(event.token) : 'None (session)'}</Detail>
        {event.userAgent && <Detail label="Client">{event.userAgent}</Detail>}
        <Detail label="Event type">
          <span className="mono">{event.type}</span>
        </Detail>
        <Detail label="Position">
          {chain.seq}, hash <span className="mono">{chain.hash.slice(0, 16)}…</span>
        </Detail>
      </dl>
    </div>
  )
}

function tokenWords({ id, role, last4, deleted }: NonNullable<AuditEvent['token']>): string {
  return [last4 ? `…${last4}` : id, role, deleted ? 'deleted' : ''].filter(Boolean).join(', ')
}

function Diff({ changes }: { changes: [string, unknown, unknown][] }) {
  return (
    <table className={classes.diff}>
      <thead>
        <tr>
          <th scope="col">Changed</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(([field, from, to]) => (
          <tr key={field}>
            <th scope="row">{labelOf(field)}</th>
            <td data-side="before">
              <Value value={from} />
            </td>
            <td data-side="after">
              <Value value={to} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
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
  const words = wordsOf(value)
  if (words === '') {
    return (
      <Text span inherit c="dimmed">
        None
      </Text>
    )
  }
  if (words !== undefined) return <span>{words}</span>
  return isFields(value) ? (
    <Nested fields={value} />
  ) : (
    <Code className={classes.json ?? ''}>{JSON.stringify(value)}</Code>
  )
}

// One level is read as fields; what lies deeper stays as it is.
function Nested({ fields }: { fields: Fields }) {
  return (
    <>
      {Object.entries(fields).map(([field, value]) => (
        <div key={field}>
          {labelOf(field)}: {wordsOf(value) ?? JSON.stringify(value)}
        </div>
      ))}
    </>
  )
}
