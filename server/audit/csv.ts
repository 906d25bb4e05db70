import type { audit } from '../../api/index.ts'
import { csvLine } from '../csv/lines.ts'

const columns = [
  'seq',
  'createdAt',
  'type',
  'author',
  'message',
  'ip',
  'userAgent',
  'token',
  'data',
  '_id',
  'prevHash',
  'hash',
] as const
type Column = (typeof columns)[number]

/** The first line of an export as CSV (RFC 4180), with the mark by which spreadsheets know that it is UTF-8. */
export const csvHead = `\ufeff${columns.join(',')}\r\n`

/** One event as a line of CSV. */
export function csvRow(event: audit.AuditEvent): string {
  const { chain, ...data } = event.data
  const values: Record<Column, string> = {
    seq: String(chain.seq),
    createdAt: event.createdAt,
    type: event.type,
    author: event.author.user,
    message: event.message,
    ip: event.ip ?? '',
    userAgent: event.userAgent ?? '',
    token: event.token?.last4 ?? '',
    data: JSON.stringify(data),
    _id: event._id,
    prevHash: chain.prevHash,
    hash: chain.hash,
  }
  return csvLine(columns.map((column) => values[column]))
}
